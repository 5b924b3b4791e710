"""Following a visit: who is in it, and what those in it tell each other. Rights and rows are those of each moment."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from models.appointment import Appointment
from models.visit_entry import VisitEntry
from models.visit_signal import VisitSignal
from resolvers.context import RequestContext
from resolvers.errors import ExpectedError, Forbidden
from resolvers.policy import restrict
from resolvers.rows import ONE_BATCH
from resolvers.user_errors import Rejected
from resolvers.video.opening import opening_of
from resolvers.video.presence import BEAT_SECONDS, Presence, presence
from resolvers.video.stream import VisitFollowing
from resolvers.video.taking_part import must_take_part
from resolvers.viewing import make_anew

T = TypeVar("T")

State = tuple[bool, list[tuple[str, bool]]]
"""What tells one state of a visit from another: whether it is open, and who is there."""


async def follow_visit(context: RequestContext, appointment_id: str) -> AsyncGenerator[Appointment, None]:
    """The visit now, when it opens, and after everybody who comes or goes.

    Ends when the caller no longer takes part in it, or it is over.

    Raises Forbidden for a service, ExpectedError (NOT_FOUND, NOT_A_PARTICIPANT).
    """
    await _taken_part(context, appointment_id)
    async with context.ports.visits.follow(appointment_id) as following, presence(context, appointment_id) as held:
        told: State | None = None
        while (turn := await _turn(context, appointment_id, held)) is not None:
            state = (turn.is_open, await _undisturbed(_stays(context, appointment_id)))
            if state != told:
                told = state
                yield turn.visit
            await _something_happens(following)
            make_anew(context)


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
        position = entry.since
        while (turn := await _turn(context, appointment_id, held)) is not None:
            if turn.entry is None or turn.entry.id != entry.id:
                return
            signal = await _undisturbed(_next_signal(context, appointment_id, position))
            if signal is None:
                await _something_happens(following)
            else:
                position = signal.sequence
                yield context.access.shown([signal])[0]
            make_anew(context)


@dataclass(frozen=True, slots=True)
class _Turn:
    """How things are before something is told. ``entry`` is the caller's own; None while they are not in."""

    visit: Appointment
    is_open: bool
    entry: VisitEntry | None


async def _turn(context: RequestContext, appointment_id: str, held: Presence) -> _Turn | None:
    """None when the caller no longer takes part in the visit, or it is over. Keeps them in it, if they have joined."""
    try:
        visit = await _taken_part(context, appointment_id)
    except (ExpectedError, Forbidden):
        return None
    instant = context.access.instant
    opening = opening_of(visit)
    if opening is None or not opening.joinable or instant >= opening.closes_at:
        return None
    return _Turn(visit, opening.is_open(instant), await _undisturbed(held.beat()))


async def _something_happens(following: VisitFollowing) -> None:
    """Waits for the next signal, at most until the next beat."""
    with suppress(TimeoutError):
        await asyncio.wait_for(following.next(), BEAT_SECONDS)


async def _taken_part(context: RequestContext, appointment_id: str) -> Appointment:
    """``must_take_part`` in the words of a subscription, which has no payload for what a person can mend."""
    try:
        part = await _undisturbed(must_take_part(context, appointment_id, ["appointment"]))
    except Rejected as rejection:
        first = rejection.errors[0]
        raise ExpectedError(first.message, first.code, path=first.path) from None
    return part.visit


async def _stays(context: RequestContext, appointment_id: str) -> list[tuple[str, bool]]:
    """The stays that the caller sees, and which of them go on."""
    visible = await restrict(VisitEntry, context.access, {"appointment_id": appointment_id})
    entries = await VisitEntry.find(visible, batch_size=ONE_BATCH).sort("_id").to_list()
    return [(entry.id, entry.left_at is None) for entry in entries]


async def _next_signal(context: RequestContext, appointment_id: str, after: int) -> VisitSignal | None:
    account_id = context.principal.account_id
    within: dict[str, Any] = {
        "appointment_id": appointment_id,
        "sequence": {"$gt": after},
        "to_account_id": {"$in": [None, account_id]},
        "from_account_id": {"$ne": account_id},
    }
    visible = await restrict(VisitSignal, context.access, within)
    return await VisitSignal.find(visible).sort("sequence").first_or_none()


async def _undisturbed(work: Awaitable[T]) -> T:
    """A subscription is ended by being cancelled; the driver must not be, in the middle of opening a connection."""
    return await asyncio.shield(work)
