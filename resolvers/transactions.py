"""The one way to change something: the state, its event, its audit entry and its idempotency record, together or not at all."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from resolvers.audit.settling import settle_change
from resolvers.context import RequestContext
from resolvers.ports import Session

T = TypeVar("T")


async def transact(context: RequestContext, work: Callable[[Session], Awaitable[T]]) -> T:
    """Runs ``work`` in a transaction; run again after a conflict. What it notes with ``context.trail.changed`` is audited."""

    async def audited(session: Session) -> T:
        context.trail.begin()
        answer = await work(session)
        await settle_change(context, session)
        return answer

    answer = await context.ports.transaction(audited)
    context.trail.committed()
    return answer
