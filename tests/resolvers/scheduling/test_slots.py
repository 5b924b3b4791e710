"""Slots of any opening hours, leave, extra hours, buffers and busy time, beside an oracle that looks at the clock each minute."""

from datetime import datetime, timedelta
from itertools import chain, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from models.provider import Availability, AvailabilityException, Weekday, WeeklyHours
from models.visit_type import VisitType
from resolvers.scheduling.opening_hours import OpeningHours
from resolvers.scheduling.slots import SlotRules
from resolvers.scheduling.span import Span
from resolvers.scheduling.timetable import timetable_of
from resolvers.scheduling.wall_clock import zone_of
from tests.resolvers.scheduling.oracle import DAY, MINUTE, Walk, every_day, shown, slots, utc, visit_type

ZONES = ["America/New_York", "Australia/Lord_Howe", "UTC", "Asia/Beirut", "America/Havana", "Pacific/Kiritimati"]
# Between the changes of March in New York and Beirut, and over some of them.
INSTANTS = [utc(2026, 3, 8, 7), utc(2026, 3, 28, 22), utc(2026, 4, 4, 15), utc(2026, 6, 17, 12), utc(2026, 11, 1, 6)]
WALKS: dict[tuple[str, datetime], Walk] = {}

texts = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.sampled_from([0, 7, 15, 30, 45]))
ends = st.tuples(texts, texts).filter(lambda pair: pair[0] != pair[1])
weekly = st.lists(
    st.builds(lambda day, pair: WeeklyHours(weekday=day, start=pair[0], end=pair[1]), st.sampled_from(Weekday), ends)
)
visit_types = st.builds(
    visit_type,
    st.sampled_from([5, 20, 45, 90]),
    st.sampled_from([None, 10, 25]),
    st.sampled_from([0, 5, 30]),
    st.sampled_from([0, 10]),
)
places = st.tuples(st.sampled_from(ZONES), st.sampled_from(INSTANTS))


def walk_of(place: tuple[str, datetime]) -> Walk:
    if place not in WALKS:
        WALKS[place] = Walk(zone_of(place[0]), place[1] - 5 * DAY, place[1] + 5 * DAY)
    return WALKS[place]


@st.composite
def days(draw: st.DrawFn, around: datetime) -> AvailabilityException:
    day = around.date() + draw(st.integers(-2, 2)) * DAY
    available = draw(st.booleans())
    whole = not available and draw(st.booleans())
    start, end = (None, None) if whole else draw(ends)
    return AvailabilityException(date=day, start=start, end=end, available=available, id="x")


@st.composite
def taken(draw: st.DrawFn, around: datetime) -> Span:
    start = around + draw(st.integers(-24 * 60, 24 * 60)) * MINUTE
    return Span(start, start + draw(st.integers(1, 200)) * MINUTE)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_slots_are_those_of_the_oracle(data: st.DataObject) -> None:
    place = data.draw(places)
    name, around = place
    hours = data.draw(weekly)
    exceptions = data.draw(st.lists(days(around), max_size=4))
    availability = Availability(weekly=hours, exceptions=exceptions)
    offered: VisitType = data.draw(visit_types)
    busy = data.draw(st.lists(taken(around), max_size=8))
    within = Span(around - data.draw(st.integers(0, 1440)) * MINUTE, around + data.draw(st.integers(1, 1440)) * MINUTE)
    rules = SlotRules(timetable_of(name, availability), offered)
    found = rules.starts(within, busy)
    assert found == slots(walk_of(place), availability, offered, within, busy)
    for start in found:
        assert within.start <= start < within.end
        assert not any(rules.busy(start).overlaps(span) for span in busy)
        assert rules.busy_around(within).contains(rules.busy(start))
        assert rules.within_hours(start)
        assert rules.offers(start)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_what_is_searched_in_parts_is_the_same_as_in_one(data: st.DataObject) -> None:
    """The search goes on a chunk at a time; nothing is lost or found twice between two of them."""
    name, around = data.draw(places)
    rules = SlotRules(timetable_of(name, Availability(weekly=data.draw(weekly))), data.draw(visit_types))
    busy = data.draw(st.lists(taken(around), max_size=8))
    cuts = sorted({around + minutes * MINUTE for minutes in data.draw(st.lists(st.integers(-3000, 3000), min_size=2))})
    parts = [rules.starts(Span(one, other), busy) for one, other in pairwise(cuts)]
    assert list(chain.from_iterable(parts)) == rules.starts(Span(cuts[0], cuts[-1]), busy)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_opening_hours_cover_what_lies_within_one_window_and_no_leave(data: st.DataObject) -> None:
    place = data.draw(places)
    name, around = place
    leave = data.draw(st.lists(days(around).filter(lambda day: not day.available), max_size=2))
    availability = Availability(weekly=data.draw(weekly), exceptions=leave)
    start = around + data.draw(st.integers(-600, 600)) * MINUTE
    visit = Span(start, start + data.draw(st.integers(1, 120)) * MINUTE)
    # One window of each length that begins with the visit: the oracle offers the start exactly where all of it is open.
    walk, zone = walk_of(place), zone_of(name)
    opens = []
    for hours in availability.weekly:
        for day in walk.days():
            if list(Weekday)[day.weekday()] is hours.weekday:
                first = datetime.fromisoformat(f"{day}T{hours.start}")
                last = datetime.fromisoformat(f"{day}T{hours.end}")
                opens.append(Span(walk.reached(first), walk.reached(last if last > first else last + DAY)))
    gone = []
    for exception in leave:
        first = datetime.fromisoformat(f"{exception.date}T{exception.start or '00:00'}")
        last = datetime.fromisoformat(f"{exception.date}T{exception.end or '00:00'}")
        span = Span(walk.reached(first), walk.reached(last if last > first else last + DAY))
        if span.start < span.end:
            gone.append(span)
    expected = any(span.contains(visit) for span in opens) and not any(span.overlaps(visit) for span in gone)
    assert OpeningHours(availability, zone).covers(visit) == expected


def test_notice_and_horizon_are_the_visit_types_or_else_the_providers() -> None:
    availability = Availability(minimum_notice_minutes=60, booking_horizon_days=10)
    instant, plain = utc(2026, 3, 9), visit_type(20)
    own = plain.model_copy(update={"minimum_notice_minutes": 0, "booking_horizon_days": 20})
    timetable = timetable_of("UTC", availability)
    assert SlotRules(timetable, plain).bookable(instant) == Span(instant + timedelta(hours=1), instant + timedelta(days=10))
    assert SlotRules(timetable, own).bookable(instant) == Span(instant, instant + timedelta(days=20))


def test_extra_hours_stay_through_leave_and_leave_of_the_day_before_reaches_over_midnight() -> None:
    monday = utc(2026, 3, 9).date()
    exceptions = [
        AvailabilityException(date=monday, start="20:00", end="02:00"),
        AvailabilityException(date=monday + DAY, start="00:30", end="01:30", available=True),
    ]
    availability = every_day("00:00", "03:00").model_copy(update={"exceptions": exceptions})
    rules = SlotRules(timetable_of("Europe/Zurich", availability), visit_type(30))
    tuesday = utc(2026, 3, 9, 23)
    found = [f"{shown(start, zone_of('Europe/Zurich')):%H:%M}" for start in rules.starts(Span(tuesday, tuesday + DAY / 2), ())]
    assert found == ["00:30", "01:00", "02:00", "02:30"]
