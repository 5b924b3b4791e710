"""When reminders go out: before the start, never at night, in every zone and over every transition."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from resolvers.scheduling.reminder_times import LONGEST_SHIFT, due_reminder, is_quiet, reminder_time
from resolvers.scheduling.wall_clock import zone_names, zone_of

NEW_YORK = ZoneInfo("America/New_York")
ZONES = st.sampled_from(sorted(zone_names())).map(zone_of)
STARTS = st.datetimes(datetime(1995, 1, 1), datetime(2045, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # hypothesis wants it bare
MINUTES = st.integers(15, 20160)
LONG_AGO = datetime(1990, 1, 1, tzinfo=UTC)


def _local(text: str, zone: ZoneInfo = NEW_YORK) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "minutes", "expected"),
    [
        ("2026-03-09T14:00", 120, "2026-03-09T12:00"),
        ("2026-03-09T14:00", 1440, "2026-03-08T14:00"),  # a day of 24 hours, on the day that the clocks have gone forward
        ("2026-03-09T08:30", 120, "2026-03-09T07:00"),  # 06:30 is night: at seven
        ("2026-03-09T07:00", 15, "2026-03-08T21:45"),  # at seven it begins: the evening before
        ("2026-03-09T06:00", 120, "2026-03-08T21:45"),
        ("2026-03-10T22:30", 30, "2026-03-10T21:45"),  # 22:00 is night already
        ("2026-03-10T22:29", 30, "2026-03-10T21:59"),  # 21:59 is not
        ("2026-03-11T09:00", 660, "2026-03-11T07:00"),  # 22:00 the evening before: in the morning there still is time
    ],
)
def test_by_day_on_the_patients_clock(start: str, minutes: int, expected: str) -> None:
    assert reminder_time(_local(start), minutes, NEW_YORK) == _local(expected)


@given(STARTS, MINUTES, ZONES)
@example(datetime(2011, 12, 31, 18, tzinfo=UTC), 600, ZoneInfo("Pacific/Apia"))  # the day before was left out there
@example(datetime(2011, 12, 30, 10, 30, tzinfo=UTC), 30, ZoneInfo("Pacific/Apia"))
@example(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), 15, ZoneInfo("Europe/Berlin"))  # the hour that comes twice
@example(datetime(2026, 4, 4, 15, 10, tzinfo=UTC), 20, ZoneInfo("Australia/Lord_Howe"))
def test_always_before_the_start_and_never_at_night(start: datetime, minutes: int, zone: ZoneInfo) -> None:
    wanted = start - timedelta(minutes=minutes)
    when = reminder_time(start, minutes, zone)
    assert when < start
    assert not is_quiet(when, zone)
    assert wanted - LONGEST_SHIFT <= when <= wanted + LONGEST_SHIFT
    assert when == wanted or is_quiet(wanted, zone)


@given(STARTS, st.lists(MINUTES, max_size=5, unique=True), ZONES, st.integers(-10, 25000))
def test_what_is_due_has_come_and_is_the_latest(start: datetime, minutes: list[int], zone: ZoneInfo, before: int) -> None:
    instant = start - timedelta(minutes=before)
    due = due_reminder(instant, start, minutes, zone, LONG_AGO)
    come = [when for when in (reminder_time(start, each, zone) for each in minutes) if when <= instant]
    if due is None:
        assert instant >= start or is_quiet(instant, zone) or not come
    else:
        assert due in minutes
        assert instant < start
        assert not is_quiet(instant, zone)
        assert reminder_time(start, due, zone) == max(come)


def test_a_visit_made_too_late_for_a_reminder_does_not_get_it() -> None:
    start, booked = _local("2026-03-10T14:00"), _local("2026-03-10T11:00")
    assert due_reminder(_local("2026-03-10T11:01"), start, [1440, 120], NEW_YORK, booked) is None
    assert due_reminder(_local("2026-03-10T12:00"), start, [1440, 120], NEW_YORK, booked) == 120


def test_after_an_outage_one_reminder_is_enough_and_none_goes_out_at_night() -> None:
    start = _local("2026-03-10T14:00")
    assert due_reminder(_local("2026-03-10T13:00"), start, [1440, 120], NEW_YORK, LONG_AGO) == 120
    assert due_reminder(_local("2026-03-10T03:00"), start, [1440, 120], NEW_YORK, LONG_AGO) is None
    assert due_reminder(_local("2026-03-10T07:00"), start, [1440, 120], NEW_YORK, LONG_AGO) == 1440


def test_the_start_itself_is_too_late_and_no_wish_is_no_reminder() -> None:
    start = _local("2026-03-10T14:00")
    assert due_reminder(start, start, [15], NEW_YORK, LONG_AGO) is None
    assert due_reminder(start - timedelta(minutes=1), start, [], NEW_YORK, LONG_AGO) is None
