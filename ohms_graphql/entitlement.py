"""Whether the caller of an operation that stays open may still have it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol, cast

from graphql import GraphQLError

from ohms_graphql.authentication_error import InvalidToken
from resolvers.context import RequestContext
from resolvers.principal import Principal

_log = logging.getLogger(__name__)


class Callers(Protocol):
    """Who stands behind a token, and when to look again."""

    async def authenticate(self, token: str | None) -> Principal:
        """As the database knows them now. Raises InvalidToken."""
        ...

    def follow(self, account_id: str) -> AbstractContextManager[AsyncIterator[None]]:
        """Inside the block, the iterator gives a turn whenever what the account may do has changed, within a second."""
        ...


@dataclass(frozen=True, slots=True)
class Refused:
    """The operation, as it was admitted, would be refused to what the caller has become."""

    errors: Sequence[GraphQLError]


@dataclass(frozen=True, slots=True)
class NotLookedUp:
    """Nobody knows: the database is away, say. Who cannot be looked up does not go on."""

    fault: Exception


Ending = Refused | InvalidToken | NotLookedUp


async def entitlement_ended(context: RequestContext, callers: Callers | None, token: str | None) -> Ending | None:
    """Waits until the operation has to end, and tells why; None at once when nobody is to be looked at.

    Until then, whatever the caller has become is put into ``context.successors``.
    """
    account_id = context.principal.account_id
    if callers is None or account_id is None:
        return None
    with callers.follow(account_id) as changes:
        async for _ in changes:
            # Shielded: to be cancelled in the middle would leave the driver with half a connection.
            principal = await asyncio.shield(_looked_up(callers, token))
            if isinstance(principal, InvalidToken):
                return principal
            if isinstance(principal, Exception):
                _log.error("unexpected error while the caller of an open operation was looked up", exc_info=principal)
                return NotLookedUp(principal)
            if refusals := context.recheck(principal):
                return Refused(cast("Sequence[GraphQLError]", refusals))
            context.successors.put_nowait(principal)
    return None


async def _looked_up(callers: Callers, token: str | None) -> Principal | Exception:
    """What is raised is returned: nobody may be there any more to take it."""
    try:
        return await callers.authenticate(token)
    except Exception as error:  # noqa: BLE001
        return error
