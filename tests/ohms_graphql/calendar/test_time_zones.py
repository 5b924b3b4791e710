"""VTIMEZONE: whoever reads a time by it, with another library than the one that wrote it, finds the instant that was meant."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from dateutil.tz import tzical
from hypothesis import given
from hypothesis import strategies as st

from ohms_graphql.calendar.time_zones import time_zone_of
from resolvers.scheduling.wall_clock import zone_names, zone_of

INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001  # hypothesis wants it bare


def _read_back(name: str, instant: datetime) -> datetime:
    """The instant that a calendar program makes of the wall-clock time in a file."""
    zone = tzical(StringIO(time_zone_of(name, 2026, 2026).to_ical().decode())).get(name)
    wall = instant.astimezone(zone_of(name))
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)


@given(st.sampled_from(sorted(zone_names() - {"Factory"})), INSTANTS)
def test_a_time_read_by_it_is_the_instant_that_was_meant(name: str, instant: datetime) -> None:
    if not instant.astimezone(zone_of(name)).fold:  # which are told in UTC
        assert _read_back(name, instant) == instant


@pytest.mark.parametrize(
    ("name", "wall"),
    [
        ("America/New_York", "2026-03-08T03:30"),  # within the first hour of summer time
        ("America/New_York", "2026-11-01T00:59"),
        ("Africa/Casablanca", "2026-03-01T12:00"),  # Ramadan: a month with a clock of its own
        ("Africa/Casablanca", "2026-04-01T12:00"),
        ("Australia/Lord_Howe", "2026-10-04T02:45"),  # half an hour forward
        ("Europe/Dublin", "2026-07-01T12:00"),  # whose winter time is the exception, by law
        ("Asia/Kolkata", "2026-07-01T12:00"),  # which never changes
    ],
)
def test_around_changes_of_the_clock(name: str, wall: str) -> None:
    instant = datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(name)).astimezone(UTC)
    assert _read_back(name, instant) == instant


def test_a_zone_tells_of_the_year_before_and_the_year_after() -> None:
    assert {
        onset.dt.year if hasattr(onset, "dt") else onset.year
        for part in time_zone_of("Europe/Berlin", 2026, 2026).subcomponents
        for onset in [part.DTSTART + timedelta(days=1), *[moment for moment, _ in part.rdates]]
    } == {2025, 2026, 2027}
