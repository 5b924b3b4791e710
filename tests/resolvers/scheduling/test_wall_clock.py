"""From the wall to instants and back, in any zone and year."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers.scheduling.wall_clock import day_of, instant_from, instant_of, is_steady, time_of, wall_of, zone_names, zone_of
from tests.resolvers.scheduling.oracle import DAY, MINUTE, shown

zones = st.sampled_from(sorted(zone_names())).map(zone_of)
walls = st.datetimes(datetime(1973, 1, 1), datetime(2100, 1, 1)).map(lambda wall: wall.replace(second=0, microsecond=0))  # noqa: DTZ001


@given(walls, zones)
def test_an_instant_shows_the_wall_that_it_came_from_and_is_the_first_to(wall: datetime, zone: ZoneInfo) -> None:
    instant = instant_of(wall, zone)
    if instant is not None:
        assert instant.tzinfo is UTC
        assert wall_of(instant, zone) == shown(instant, zone) == wall
        assert day_of(instant, zone) == wall.date()
        assert instant_from(wall, zone) == instant
        for back in (30 * MINUTE, 60 * MINUTE, 120 * MINUTE):
            assert shown(instant - back, zone) != wall


@given(walls, zones)
def test_a_skipped_wall_becomes_the_moment_of_the_skip(wall: datetime, zone: ZoneInfo) -> None:
    instant = instant_from(wall, zone)
    assert shown(instant, zone) >= wall
    assert shown(instant - timedelta(seconds=1), zone) < wall


@given(walls, zones)
def test_every_instant_is_found_again_by_its_wall_or_an_earlier_one_that_shows_the_same(wall: datetime, zone: ZoneInfo) -> None:
    instant = wall.replace(tzinfo=UTC)
    back = instant_of(wall_of(instant, zone), zone)
    assert back is not None
    assert back <= instant
    assert shown(back, zone) == shown(instant, zone)


@given(walls, walls, zones)
def test_later_on_the_wall_is_later_or_the_same(one: datetime, other: datetime, zone: ZoneInfo) -> None:
    early, late = sorted((one, other))
    assert instant_from(early, zone) <= instant_from(late, zone)


@given(walls, st.integers(1, 3000), zones)
def test_where_it_is_steady_the_offset_stays(wall: datetime, minutes: int, zone: ZoneInfo) -> None:
    start = wall.replace(tzinfo=UTC)
    end = start + minutes * MINUTE
    offsets = {(start + number * 10 * MINUTE).astimezone(zone).utcoffset() for number in range(minutes // 10 + 1)}
    if is_steady(start, end, zone):
        assert len(offsets) == 1
    around = {(start + number * 30 * MINUTE).astimezone(zone).utcoffset() for number in range(-48, minutes // 30 + 50)}
    if len(around) == 1:
        assert is_steady(start, end, zone)


@given(st.times())
def test_hours_and_minutes(at: time) -> None:
    assert time_of(f"{at:%H:%M}") == at.replace(second=0, microsecond=0)


@pytest.mark.parametrize("text", ["24:00", "9", "09:60", "09:00:00", "", "nine"])
def test_what_is_no_time_of_day(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        time_of(text)


def test_a_day_has_as_many_hours_as_its_clocks_show() -> None:
    zone = zone_of("America/New_York")
    days = [datetime(2026, 3, 8), datetime(2026, 11, 1), datetime(2026, 6, 1)]  # noqa: DTZ001
    lengths = [instant_from(day + DAY, zone) - instant_from(day, zone) for day in days]
    assert [length // timedelta(hours=1) for length in lengths] == [23, 25, 24]
