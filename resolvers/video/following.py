"""Following a visit: who is in it, and what those in it tell each other. Rights and rows are those of each moment."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable
from contextlib import suppress
from typing import Any, TypeVar

from models.appointment import Appointment
from models.visit_entry import VisitEntry
from models.visit_signal import VisitSignal
from resolvers.context import RequestContext
from resolvers.errors import ExpectedError, Forbidden
from resolvers.policy import restrict
from resolvers.queries import ONE_BATCH
from resolvers.user_errors import Rejected
from resolvers.video.presence import BEAT_SECONDS, Presence, presence
from resolvers.video.opening import opening_of
from resolvers.video.stream import VisitFollowing
from resolvers.video.taking_part import must_take_part
from resolvers.viewing import make_anew

T = TypeVar("T")


async def follow_visit(context: RequestContext, appointment_id: str) -> AsyncGenerator[Appointment, None]:
    """The visit now, and after everybody who comes or goes. Ends when the caller no longer takes part in it, or it is over.

    Raises Forbidden for a service, ExpectedError (NOT_FOUND, NOT_A_PARTICIPANT).
    """
    visit = await _taken_part(context, appointment_id)
    async with context.ports.visits.follow(appointment_id) as following, presence(context, appointment_id) as held:
        entries: list[tuple[str, bool]] | None = None
        async for _ in _turns(context, appointment_id, following, held):
            now_in = await _undisturbed(_entries(context, appointment_id))
            if now_in != entries:
                entries = now_in
                visit = await _undisturbed(context.loaders.appointments.load(appointment_id)) or visit
                yield visit


async def follow_signals(context: RequestContext, appointment_id: str) -> AsyncGenerator[VisitSignal, None]:
    """What is told to the caller in the visit since they joined it, each once and in order. Ends as ``follow_visit``, and when
    they leave.

    Raises Forbidden for a service, ExpectedError (NOT_FOUND, NOT_A_PARTICIPANT, NOT_JOINED).
    """
    await _taken_part(context, appointment_id)
    async with context.ports.visits.follow(appointment_id) as following, presence(context, appointment_id) as held:
        entry = await _undisturbed(held.beat())
        if entry is None:
            raise ExpectedError("Join the visit first.", "NOT_JOINED", path=["appointment"])
        entry_id, position = entry.id, entry.since
        async for entry in _turns(context, appointment_id, following, held):
            if entry is None or entry.id != entry_id:
                return
            for signal in await _undisturbed(_signals(context, appointment_id, position)):
                position = signal.sequence
                yield signal


async def _turns(
    context: RequestContext, appointment_id: str, following: VisitFollowing, held: Presence
) -> AsyncIterator[VisitEntry | None]:
    """The caller's entry: now, after everything that is told, and at each beat. Ends with the right to take part, and the visit.

    Before each turn the context is made anew.
    """
    while True:
        try:
            visit = await _taken_part(context, appointment_id)
        except (ExpectedError, Forbidden):
            return
        opening = opening_of(visit)
        if opening is None or not opening.joinable or context.access.instant >= opening.closes_at:
            return
        yield await _undisturbed(held.beat())
        with suppress(TimeoutError):
            await asyncio.wait_for(following.next(), BEAT_SECONDS)
        make_anew(context)


async def _taken_part(context: RequestContext, appointment_id: str) -> Appointment:
    """``must_take_part`` in the words of a subscription, which has no payload for what a person can mend."""
    try:
        part = await _undisturbed(must_take_part(context, appointment_id, ["appointment"]))
    except Rejected as rejection:
        first = rejection.errors[0]
        raise ExpectedError(first.message, first.code, path=first.path) from None
    return part.visit


async def _entries(context: RequestContext, appointment_id: str) -> list[tuple[str, bool]]:
    """What tells one state of the visit from another: the stays that the caller sees, and which of them are over."""
    visible = await restrict(VisitEntry, context.access, {"appointment_id": appointment_id})
    rows = await VisitEntry.find(visible, batch_size=ONE_BATCH).sort("_id").to_list()
    return [(entry.id, entry.left_at is None) for entry in rows]


async def _signals(context: RequestContext, appointment_id: str, after: int) -> list[VisitSignal]:
    within: dict[str, Any] = {
        "appointment_id": appointment_id,
        "sequence": {"$gt": after},
        "to_account_id": {"$in": [None, context.principal.account_id]},
        "from_account_id": {"$ne": context.principal.account_id},
    }
    visible = await restrict(VisitSignal, context.access, within)
    return await VisitSignal.find(visible, batch_size=ONE_BATCH).sort("sequence").to_list()


async def _undisturbed(work: Awaitable[T]) -> T:
    """A subscription is ended by being cancelled; the driver must not be, in the middle of opening a connection."""
    return await asyncio.shield(work)
