"""Series: occurrences keep the time of day, are as many as asked for, and have an end."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resolvers.scheduling.recurrence import MAX_OCCURRENCES, BadRule, occurrences
from resolvers.scheduling.wall_clock import instant_of, zone_of
from tests.resolvers.scheduling.oracle import DAY, shown, utc

ZONES = ["America/New_York", "Australia/Lord_Howe", "UTC", "Asia/Beirut", "Pacific/Kiritimati"]
START = utc(2026, 3, 2, 14)  # a Monday, nine in the morning in New York; summer begins on the eighth
WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
walls = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda wall: wall.replace(second=0, microsecond=0))  # noqa: DTZ001


@settings(deadline=None)
@given(st.sampled_from(ZONES), walls, st.sampled_from([("DAILY", 1), ("WEEKLY", 7)]), st.integers(1, 3), st.integers(1, 30))
def test_days_and_weeks_are_counted_on_the_wall(
    name: str, wall: datetime, unit: tuple[str, int], interval: int, count: int
) -> None:
    zone = zone_of(name)
    expected = [wall + number * interval * unit[1] * DAY for number in range(count)]
    instants = [instant_of(each, zone) for each in expected]
    start = instants[0]
    if start is None:
        return
    rule = f"FREQ={unit[0]};INTERVAL={interval};COUNT={count}"
    if None in instants:
        with pytest.raises(BadRule, match="the clocks skip"):
            occurrences(rule, start, zone)
    else:
        found = occurrences(rule, start, zone)
        assert found == instants
        assert {f"{shown(each, zone):%H:%M}" for each in found} == {f"{wall:%H:%M}"}


@settings(deadline=None)
@given(st.sets(st.sampled_from(WEEKDAYS)), st.integers(1, 300))
def test_until_includes_its_day_and_nothing_after(listed: set[str], length: int) -> None:
    zone, first = zone_of("America/New_York"), "MO"
    named = ",".join(sorted({first, *listed}))
    until = shown(START, zone).date() + length * DAY
    rule = f"RRULE:FREQ=WEEKLY;BYDAY={named};UNTIL={until:%Y%m%d}"
    days = (shown(START, zone) + number * DAY for number in range(length + 1))
    expected = [instant_of(day, zone) for day in days if WEEKDAYS[day.weekday()] in named]
    if len(expected) > MAX_OCCURRENCES:
        with pytest.raises(BadRule, match="more than 52 visits"):
            occurrences(rule, START, zone)
    else:
        assert occurrences(rule, START, zone) == expected


@settings(deadline=None, max_examples=300)
@given(st.text("FREQ=DAILYWKMONTHUEBS;,0123456789+-:TZ ", max_size=60))
def test_any_text_is_a_rule_or_refused(text: str) -> None:
    try:
        found = occurrences(text, START, zone_of("UTC"))
    except BadRule:
        return
    assert found[0] == START
    assert len(found) <= MAX_OCCURRENCES


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("FREQ=WEEKLY", "has an end"),
        ("FREQ=WEEKLY;COUNT=2;UNTIL=20270101", "has an end"),
        ("FREQ=WEEKLY;COUNT=53", "from 1 to 52"),
        ("FREQ=DAILY;UNTIL=20270101", "more than 52 visits"),
        ("FREQ=YEARLY;COUNT=9", "more than 2 years"),
        ("FREQ=WEEKLY;UNTIL=20990101", "more than"),
        ("FREQ=WEEKLY;BYDAY=TU;COUNT=2", "does not begin with the start"),
        ("FREQ=HOURLY;COUNT=2", "FREQ must be one of"),
        ("FREQ=WEEKLY;BYSETPOS=1;COUNT=2", "cannot be used here"),
        ("FREQ=WEEKLY;UNTIL=20261301", "UNTIL must be"),
        ("FREQ=DAILY;INTERVAL=0;COUNT=2", "INTERVAL is 0"),
        ("x" * 301, "at most 300"),
    ],
)
def test_what_is_no_series_is_refused_with_the_reason(rule: str, why: str) -> None:
    with pytest.raises(BadRule, match=why):
        occurrences(rule, START, zone_of("America/New_York"))


def test_the_31st_is_of_months_that_have_one() -> None:
    start = utc(2026, 1, 31, 9)
    found = occurrences("FREQ=MONTHLY;COUNT=4", start, zone_of("UTC"))
    assert [each.month for each in found] == [1, 3, 5, 7]
    last = occurrences("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3", start, zone_of("UTC"))
    assert [each - start for each in last] == [timedelta(), 28 * DAY, 59 * DAY]
