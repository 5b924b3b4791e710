"""Following schedules: each event once, in order, if the caller may see it at that moment."""

from collections.abc import AsyncGenerator, AsyncIterator, Collection, Sequence
from dataclasses import dataclass

from models.appointment import Appointment, ScheduleEvent
from resolvers.context import RequestContext
from resolvers.errors import BadInput, ExpectedError
from resolvers.policy import restrict
from resolvers.schedule_feed.cursor import encode_positions
from resolvers.schedule_feed.reading import MOST_MISSED, missed_events, newest_positions, resumed
from resolvers.schedule_feed.stream import Signal
from resolvers.viewing import make_anew

MOST_PROVIDERS = 50


@dataclass(frozen=True, slots=True)
class Told:
    """An event, and how far its reader has come with it."""

    event: ScheduleEvent
    cursor: str


@dataclass(frozen=True, slots=True)
class Reset:
    """Fetch the schedule again, and go on from ``cursor``."""

    cursor: str
    reason: str


Update = Told | Reset


async def follow_schedules(
    context: RequestContext, provider_ids: Sequence[str], after: str | None, appointment_id: str | None = None
) -> AsyncGenerator[Update, None]:
    """What changes from now on, or from the cursor ``after`` on; of one appointment, if it is given.

    Before each update the context is made anew: rights and rows are those of that moment. Raises BadInput.
    """
    _check(provider_ids)
    reader = _Reader(context, appointment_id)
    # Followed first, then looked where the schedules stand: what is committed in between comes twice, and is told once.
    async with context.ports.events.follow(set(provider_ids)) as following:
        async for update in reader.begun(set(provider_ids), after):
            yield update
        while True:
            came = await following.next()
            if isinstance(came, Signal):
                newest = await newest_positions(reader.positions)
                if came is Signal.TOO_SLOW or reader.is_far_behind(newest):
                    reader.positions = dict(newest)
                    yield Reset(encode_positions(newest), "More has happened than was read in time.")
                    continue
                async for update in reader.caught_up(newest):
                    yield update
            elif reader.is_next(came):  # nearly always
                told = await reader.told(came)
                if told is not None:
                    yield told
            else:
                async for update in reader.went_on(came):
                    yield update


class _Reader:
    """Where one subscription stands."""

    def __init__(self, context: RequestContext, appointment_id: str | None) -> None:
        self.positions: dict[str, int] = {}
        self._context = context
        self._appointment_id = appointment_id

    async def begun(self, provider_ids: Collection[str], after: str | None) -> AsyncIterator[Update]:
        """What was missed since the cursor ``after``."""
        newest = await newest_positions(provider_ids)
        self.positions = dict(newest)
        if after is None:
            return
        begun = resumed(after, newest)
        self.positions = dict(begun.positions)
        if begun.reason is not None:
            yield Reset(encode_positions(newest), begun.reason)
        async for update in self.caught_up(newest):
            yield update

    def is_far_behind(self, newest: dict[str, int]) -> bool:
        return sum(newest[provider_id] - position for provider_id, position in self.positions.items()) > MOST_MISSED

    def is_next(self, event: ScheduleEvent) -> bool:
        return event.sequence == self.positions[event.provider_id] + 1

    async def went_on(self, event: ScheduleEvent) -> AsyncIterator[Update]:
        """An event that came; before it those that should have come, if any did not."""
        position = self.positions[event.provider_id]
        if event.sequence > position + 1:
            async for update in self.caught_up({**self.positions, event.provider_id: event.sequence - 1}):
                yield update
        if self.is_next(event):
            update_ = await self.told(event)
            if update_ is not None:
                yield update_

    async def caught_up(self, until: dict[str, int]) -> AsyncIterator[Update]:
        for event in await missed_events(self.positions, until):
            update = await self.told(event)
            if update is not None:
                yield update

    async def told(self, event: ScheduleEvent) -> Told | None:
        """None for an event that the caller may not see, or did not ask for: it moves the reader on in silence."""
        self.positions[event.provider_id] = event.sequence
        if self._appointment_id is not None and event.appointment_id != self._appointment_id:
            return None
        make_anew(self._context)
        shown = await _visible(self._context, event)
        return None if shown is None else Told(shown, encode_positions(self.positions))


async def _visible(context: RequestContext, event: ScheduleEvent) -> ScheduleEvent | None:
    within = {"_id": event.id, "provider_id": event.provider_id}
    visible = await restrict(ScheduleEvent, context.access, within)
    if visible != within and not await ScheduleEvent.find(visible).exists():
        return None
    return context.access.shown([event])[0]


async def schedule_of(context: RequestContext, appointment_id: str) -> str:
    """The provider of an appointment. Raises ExpectedError (NOT_FOUND) for one that is not there, or not the caller's to see."""
    visible = await restrict(Appointment, context.access, {"_id": appointment_id})
    found = await Appointment.find_one(visible)
    if found is None:
        raise ExpectedError("No such appointment.", "NOT_FOUND", path=["id"])
    return found.provider_id


async def read_schedules(context: RequestContext, provider_ids: Sequence[str], after: str | None, size: int) -> list[Update]:
    """For those who poll: up to ``size`` events after the cursor. Without one, or with one that does not fit, a single Reset."""
    _check(provider_ids)
    newest = await newest_positions(set(provider_ids))
    if after is None:
        return [Reset(encode_positions(newest), "This is where the schedules stand: fetch them, then go on from here.")]
    begun = resumed(after, newest)
    if begun.reason is not None:
        return [Reset(encode_positions(newest), begun.reason)]
    events = await missed_events(begun.positions, newest)
    within = {"_id": {"$in": [event.id for event in events]}}
    visible = await restrict(ScheduleEvent, context.access, within)
    seen = {event.id for event in events}
    if visible != within and events:
        seen = {row["_id"] async for row in ScheduleEvent.get_pymongo_collection().find(visible, {"_id": 1})}
    positions = dict(begun.positions)
    told: list[Update] = []
    for event in events:
        if len(told) == size:
            break
        positions[event.provider_id] = event.sequence
        if event.id in seen:
            told.append(Told(context.access.shown([event])[0], encode_positions(positions)))
    return told


def _check(provider_ids: Sequence[str]) -> None:
    if not provider_ids:
        raise BadInput("providers is empty; give at least one.", ["providers"])
    if len(set(provider_ids)) > MOST_PROVIDERS:
        raise BadInput(f"providers has {len(set(provider_ids))} ids; at most {MOST_PROVIDERS} fit.", ["providers"])
