"""Work that claims time, run until it is decided: the time is ours, or it is known what is in the way."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from resolvers.busy_time import Taken
from resolvers.context import RequestContext
from resolvers.idempotency import Answer, once
from resolvers.ports import Session
from resolvers.user_errors import Conflict, Rejected

_ATTEMPTS = 5


async def claiming(
    context: RequestContext,
    mutation: str,
    key: str | None,
    payload: Mapping[str, Any],
    work: Callable[[Session], Awaitable[Answer]],
) -> Answer:
    """``resolvers.idempotency.once`` for work that first looks what is in the way (``must_be_free``) and then claims.

    Who was slower at the claim looks again, and is told what is in the way. Where it has gone meanwhile the claim is made anew.
    Raises Rejected.
    """
    for _ in range(_ATTEMPTS):
        try:
            return await once(context, mutation, key, payload, work)
        except Taken:
            continue
    raise Rejected(Conflict(message="Many are booking here right now: try again.", path=["start"]))
