# To helper S: the lead wrote this search, SlotsByProvider, schema/appointment/slot_search.py, availableSlots and Provider.slots at 07:03.
# They are YOURS from now on: build on them or replace them. The lead does not touch them any more. Remove this note.
"""Finding free slots: computed from opening hours and taken time, a stretch of days at a time, never stored.

The number of database commands depends on how far ahead the first page lies, at most eight stretches, never on how many
providers or slots there are.
"""

import base64
import binascii
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from models.appointment import CancelledBy
from models.provider import Availability, Provider
from models.visit_type import VisitMode, VisitType
from resolvers.busy_time import busy_spans
from resolvers.context import RequestContext
from resolvers.errors import BadInput
from resolvers.pagination import PageRequest
from resolvers.policy import restrict
from resolvers.queries import ONE_BATCH, Filter
from resolvers.scheduling.free_slot import FreeSlot
from resolvers.scheduling.slots import SlotRules
from resolvers.scheduling.span import Span
from resolvers.scheduling.timetable import timetable_of
from resolvers.side import side_of

LONGEST = timedelta(days=92)
USUAL = timedelta(days=30)
MOST_PROVIDERS = 1000
_DAY = timedelta(days=1)
_FIRST_STRETCH = timedelta(hours=6)

Place = tuple[datetime, str, str]
"""Where a slot stands in the order: start, provider, visit type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotSearch:
    """All that is given must hold. Starts lie within ``[from_, to)``."""

    provider: str | None = None
    specialty: str | None = None
    visit_type: str | None = None
    mode: VisitMode | None = None
    language: str | None = None
    accepting_new_patients: bool | None = None
    from_: datetime | None = None
    to: datetime | None = None

    def providers(self) -> Filter:
        within: Filter = {"active": {"$ne": False}}
        if self.provider is not None:
            within["_id"] = self.provider
        if self.specialty is not None:
            within["specialties.codings.code"] = self.specialty
        if self.language is not None:
            within["languages"] = self.language
        if self.accepting_new_patients is not None:
            within["accepting_new_patients"] = self.accepting_new_patients
        return within

    def visit_types(self) -> Filter:
        within: Filter = {"active": {"$ne": False}}
        if self.visit_type is not None:
            within["_id"] = self.visit_type
        if self.mode is not None:
            within["modes"] = self.mode.value
        return within


@dataclass(frozen=True, slots=True)
class SlotPage:
    """Slots in time order; those at one time by provider and visit type."""

    slots: list[FreeSlot]
    has_next: bool
    has_previous: bool
    search: "Offered"

    async def count(self) -> int:
        """How many there are in all of the time that was asked for."""
        return sum([len(places) async for places in self.search.stretches(self.search.within, backward=False)])


@dataclass(frozen=True, slots=True)
class _Hours:
    """As much of a provider as slots are computed from: read without the rest, which is many times as much."""

    id: str
    time_zone: str
    availability: Availability
    visit_type_ids: list[str]


class Offered:
    """What some providers offer at one instant."""

    def __init__(
        self, context: RequestContext, within: Span, providers: Sequence[_Hours], visit_types: Sequence[VisitType]
    ) -> None:
        self._context = context
        self.within = within
        self._instant = context.access.instant
        self.visit_types = {visit_type.id: visit_type for visit_type in visit_types}
        self._provider_ids = [provider.id for provider in providers]
        self._rules: list[tuple[str, str, SlotRules, Span | None]] = []
        for provider in providers:
            timetable = timetable_of(provider.time_zone, provider.availability)
            by_patient = side_of(context.principal, provider.id) is CancelledBy.PATIENT
            for visit_type_id in provider.visit_type_ids:
                visit_type = self.visit_types.get(visit_type_id)
                if visit_type is not None:
                    rules = SlotRules.of(timetable, visit_type)
                    bookable = rules.bookable(self._instant) if by_patient else None
                    self._rules.append((provider.id, visit_type_id, rules, bookable))

    async def stretches(self, within: Span, *, backward: bool) -> AsyncIterator[list[Place]]:
        """The slots of one stretch of time after the other, each in order (or backward): one command for each."""
        start, end, length = within.start, within.end, _FIRST_STRETCH
        while start < end and self._rules:
            stretch = Span(max(start, end - length), end) if backward else Span(start, min(end, start + length))
            places = await self._places(stretch)
            yield places[::-1] if backward else places
            if backward:
                end = stretch.start
            else:
                start = stretch.end
            length *= 2

    async def _places(self, stretch: Span) -> list[Place]:
        taken = await busy_spans(self._provider_ids, stretch.padded(_DAY, 2 * _DAY), self._instant)
        found = [
            (start, provider_id, visit_type_id)
            for provider_id, visit_type_id, rules, bookable in self._rules
            if (wanted := _common(stretch, bookable)) is not None
            for start in rules.starts(wanted, taken.get(provider_id, ()))
        ]
        found.sort()
        return found


def _common(stretch: Span, bookable: Span | None) -> Span | None:
    if bookable is None:
        return stretch
    common = Span(max(stretch.start, bookable.start), min(stretch.end, bookable.end))
    return common if common.start < common.end else None


async def find_slots(context: RequestContext, search: SlotSearch, request: PageRequest) -> SlotPage:
    """Raises BadInput for bounds that are the wrong way round or too far apart, and for too many providers."""
    within = bounds(context.access.instant, search.from_, search.to, ["where"])
    visit_types = await VisitType.find(search.visit_types()).to_list()
    offered = Offered(context, within, await _providers(context, search, visit_types), visit_types)
    begin = _place_of(request.cursor, "before" if request.backward else "after") if request.cursor else None
    places = await _page(offered, request, begin)
    more = len(places) > request.size
    places = places[: request.size]
    if request.backward:
        places.reverse()
        return SlotPage(await _shown(context, offered, places), request.cursor is not None, more, offered)
    return SlotPage(await _shown(context, offered, places), more, request.cursor is not None, offered)


def bounds(instant: datetime, from_: datetime | None, to: datetime | None, path: list[str]) -> Span:
    """From now on where nothing is said, and never before; thirty days long. Raises BadInput."""
    start = max(from_ or instant, instant)
    end = to or start + USUAL
    if from_ is not None and to is not None and to <= from_:
        raise BadInput(f"to ({to.isoformat()}) is not after from ({from_.isoformat()}).", [*path, "to"])
    if end - start > LONGEST:
        raise BadInput(f"from {start.isoformat()} to {end.isoformat()} is more than {LONGEST.days} days.", [*path, "to"])
    return Span(start, max(start, end))


async def _providers(context: RequestContext, search: SlotSearch, visit_types: Sequence[VisitType]) -> list[_Hours]:
    within = {**search.providers(), "visit_type_ids": {"$in": [visit_type.id for visit_type in visit_types]}}
    visible = await restrict(Provider, context.access, within)
    shown = {"time_zone": 1, "availability": 1, "visit_type_ids": 1}
    rows = Provider.get_pymongo_collection().find(visible, shown, batch_size=ONE_BATCH).limit(MOST_PROVIDERS + 1)
    found = [_hours(row) async for row in rows]
    if len(found) > MOST_PROVIDERS:
        raise BadInput(f"More than {MOST_PROVIDERS} providers offer this: narrow the search.", ["where"])
    return found


def _hours(row: dict[str, Any]) -> _Hours:
    return _Hours(row["_id"], row["time_zone"], Availability.model_validate(row["availability"]), row["visit_type_ids"])


async def _page(offered: Offered, request: PageRequest, begin: Place | None) -> list[Place]:
    """Up to one place more than asked for, in walking order."""
    within = offered.within
    if begin is not None and request.backward:
        within = Span(within.start, min(within.end, begin[0] + timedelta(microseconds=1)))
    elif begin is not None:
        within = Span(max(within.start, begin[0]), within.end)
    found: list[Place] = []
    if request.size == 0:
        return found
    async for places in offered.stretches(within, backward=request.backward):
        found += [place for place in places if begin is None or (place < begin if request.backward else place > begin)]
        if len(found) > request.size:
            break
    return found[: request.size + 1]


async def _shown(context: RequestContext, offered: Offered, places: Sequence[Place]) -> list[FreeSlot]:
    providers = await context.loaders.providers.load_many(list(dict.fromkeys(place[1] for place in places)))
    known = {provider.id: provider for provider in providers if provider is not None}
    return [
        FreeSlot(known[provider_id], visit_type, start, start + timedelta(minutes=visit_type.duration_minutes))
        for start, provider_id, visit_type_id in places
        if provider_id in known and (visit_type := offered.visit_types[visit_type_id])
    ]


def cursor_of(slot: FreeSlot) -> str:
    """Opaque to callers."""
    text = json.dumps(["slot", slot.start.isoformat(), slot.provider.id, slot.visit_type.id], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _place_of(cursor: str, argument: str) -> Place:
    try:
        kind, start, provider_id, visit_type_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        place = (datetime.fromisoformat(start), str(provider_id), str(visit_type_id))
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise BadInput(f"{argument} is not a cursor of this connection.", [argument]) from error
    if kind != "slot" or place[0].tzinfo is None:
        raise BadInput(f"{argument} is not a cursor of this connection.", [argument])
    return place
