"""Slots over every change of the clocks of every zone, beside an oracle that looks at the wall each minute.

Small in CI: three years, and changes of the past that were odd. `OHMS_SOAK=1` takes all from 1973 to 2037:

    OHMS_SOAK=1 python -m pytest -q tests/resolvers/scheduling/test_zone_conformance.py
"""

import os
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, _zoneinfo  # type: ignore[attr-defined]  # the one in Python, which shows what it has read

import pytest

from models.provider import Availability
from models.visit_type import VisitType
from resolvers.scheduling.slots import SlotRules
from resolvers.scheduling.span import Span
from resolvers.scheduling.timetable import timetable_of
from resolvers.scheduling.wall_clock import instant_from, instant_of, zone_names, zone_of
from tests.resolvers.scheduling.oracle import MINUTE, Walk, every_day, shown, slots, transitions, utc, visit_type

FULL = os.environ.get("OHMS_SOAK") == "1"
BEGIN, END = (utc(1973, 1, 1), utc(2038, 1, 1)) if FULL else (utc(2025, 1, 1), utc(2028, 1, 1))
AROUND = timedelta(hours=26)
WALKED = timedelta(hours=76)
PARTS = 8
ODD = [
    ("Pacific/Apia", utc(2011, 12, 30, 10)),  # a whole day is skipped
    ("Pacific/Kwajalein", utc(1993, 8, 21, 12)),  # and here
    ("Australia/Lord_Howe", utc(2025, 10, 4, 15, 30)),  # by half an hour
    ("Australia/Lord_Howe", utc(2025, 4, 5, 15)),
    ("Antarctica/Troll", utc(2025, 3, 30, 1)),  # by two hours
    ("Antarctica/Troll", utc(2025, 10, 26, 1)),
    ("Africa/Casablanca", utc(2025, 2, 23, 2)),  # back for Ramadan
    ("Africa/Casablanca", utc(2025, 4, 6, 2)),
    ("Africa/Casablanca", utc(2009, 6, 1)),  # with the beginning of a day in UTC
    ("America/Havana", utc(2025, 3, 9, 5)),  # at midnight
    ("America/Havana", utc(2025, 11, 2, 5)),
    ("America/Sao_Paulo", utc(2018, 11, 4, 3)),
    ("Asia/Beirut", utc(2025, 10, 25, 21)),  # back over midnight
    ("Asia/Gaza", utc(2011, 7, 31, 21)),
    ("America/Caracas", utc(2016, 5, 1, 7)),  # for good, by half an hour
    ("Asia/Pyongyang", utc(2018, 5, 4, 15)),
    ("Europe/Volgograd", utc(2020, 12, 26, 22)),
    ("America/Godthab", utc(2024, 3, 31, 1)),
    ("America/St_Johns", utc(2009, 3, 8, 3, 31)),  # a minute past midnight
    ("America/St_Johns", utc(2009, 11, 1, 2, 31)),
]


def hours_around(zone: ZoneInfo, transition: datetime) -> list[Availability]:
    """Over midnight, over the change, begun where the clocks jump or come again, and ended there."""
    jump = shown(transition - MINUTE, zone) + MINUTE
    relative = [(-70, 130), (7, 100), (-200, 13), (-13 * 60, 50)]
    times = [("22:00", "04:00"), ("00:00", "08:00")]
    times += [tuple(f"{jump + at * MINUTE:%H:%M}" for at in ends) for ends in relative]  # type: ignore[misc]  # two each
    return [every_day(start, end) for start, end in times]


@dataclass(frozen=True)
class Around:
    """The clocks around an instant: ``offsets`` every quarter of an hour. What is right there is right for all such zones."""

    instant: datetime
    offsets: tuple[timedelta | None, ...]
    zone: ZoneInfo = field(compare=False)

    @classmethod
    def of(cls, zone: ZoneInfo, instant: datetime) -> "Around":
        begin, quarters = instant - WALKED, 2 * WALKED // (15 * MINUTE)
        offsets = ((begin + number * 15 * MINUTE).astimezone(zone).utcoffset() for number in range(quarters))
        return cls(instant, tuple(offsets), zone)


@cache
def expected(around: Around) -> list[tuple[Availability, VisitType, list[datetime]]]:
    """Opening hours around the instant with what the oracle offers in them."""
    walk, within = Walk(around.zone, around.instant - WALKED, around.instant + WALKED), within_of(around.instant)
    found = []
    for number, availability in enumerate(hours_around(around.zone, around.instant)):
        offered = visit_type(20, 15) if number % 2 else visit_type(30, 30)
        found.append((availability, offered, slots(walk, availability, offered, within)))
    return found


def within_of(instant: datetime) -> Span:
    return Span(instant - AROUND, instant + AROUND)


def check(name: str, transition: datetime) -> None:
    """Raises AssertionError where slots near this instant are not what the oracle says."""
    zone = zone_of(name)
    for availability, offered, right in expected(Around.of(zone, transition)):
        rules = SlotRules(timetable_of(name, availability), offered)
        found = rules.starts(within_of(transition), ())
        hours = availability.weekly[0]
        where = f"{name} {transition} {hours.start}-{hours.end}"
        assert found == right, where
        walls = [shown(start, zone) for start in found]
        assert len(set(walls)) == len(walls), f"{where}: twice on the wall"
        for start in found[:: max(1, len(found) // 5)]:
            assert rules.offers(start), where
            assert rules.within_hours(start), where


def test_an_oracle_that_sees_something() -> None:
    """New York, the night in which 02:00 to 03:00 is skipped: nothing in it, and hours that go on after it."""
    name, transition = "America/New_York", utc(2026, 3, 8, 7)
    zone = zone_of(name)
    assert transitions(zone, utc(2026, 1, 1), utc(2027, 1, 1)) == [transition, utc(2026, 11, 1, 6)]
    walk, offered = Walk(zone, transition - WALKED, transition + WALKED), visit_type(30, 30)
    night = slots(walk, every_day("01:00", "04:00"), offered, Span(transition - 3 * 60 * MINUTE, transition + 60 * MINUTE))
    assert [f"{shown(start, zone):%H:%M}" for start in night] == ["01:00", "01:30", "03:00", "03:30"]


@pytest.mark.timeout(3600 if FULL else 120)
@pytest.mark.parametrize("part", range(PARTS))
def test_slots_of_all_zones_keep_to_the_wall_over_every_change(part: int) -> None:
    """An eighth of the zones; of zones that go together, each."""
    changes = 0
    for name in sorted(zone_names())[part::PARTS]:
        found = transitions(zone_of(name), BEGIN, END)
        changes += len(found)
        for transition in found or [BEGIN + timedelta(days=100)]:
            check(name, transition)
    assert changes > 50


@pytest.mark.parametrize(("name", "transition"), ODD)
def test_odd_changes(name: str, transition: datetime) -> None:
    zone = zone_of(name)
    assert transition in transitions(zone, transition.replace(hour=0, minute=0) - timedelta(days=1), transition + MINUTE)
    check(name, transition)


def test_the_clocks_of_no_zone_change_twice_within_a_quarter_of_an_hour() -> None:
    """What ``resolvers.scheduling.wall_clock.is_steady`` relies on. By the zones' files, since 1970."""
    known = 0
    for name in zone_names():
        listed = [at for at in _zoneinfo.ZoneInfo(name)._trans_utc if at > 0]
        known += len(listed)
        assert all(later - earlier > 15 * 60 for earlier, later in pairwise(listed)), name
    assert known > 10_000


def test_instants_and_walls_agree_around_every_change() -> None:
    """``instant_of`` is the first showing, ``instant_from`` the first showing of that or later."""
    names = sorted(zone_names()) if FULL else sorted(zone_names())[::7]
    for name in names:
        zone = zone_of(name)
        for transition in transitions(zone, utc(2026, 1, 1), utc(2027, 1, 1)):
            walk = Walk(zone, transition - timedelta(hours=10), transition + timedelta(hours=10))
            jump = shown(transition - MINUTE, zone)
            for minutes in (-181, -120, -61, -60, -30, -1, 0, 1, 2, 15, 30, 31, 59, 60, 61, 62, 119, 120, 121, 180):
                wall = jump + minutes * MINUTE
                assert instant_of(wall, zone) == walk.first.get(wall), (name, wall)
                assert instant_from(wall, zone) == walk.reached(wall), (name, wall)


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "localtime", "posixrules", "EST5EDT,M3.2.0,M11.1.0", "../UTC", "utc\x00"])
def test_what_is_no_zone(name: str) -> None:
    with pytest.raises(ValueError, match="is not an IANA time zone"):
        zone_of(name)


SERVER_ZONES = ["UTC", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "XYZ-13:37", ""]


def test_the_servers_own_zone_does_not_matter() -> None:
    """Servers that run in other zones, of which one never has heard, compute the same."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.resolvers.scheduling.zone_digest"],
            env={**os.environ, "TZ": name},
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in SERVER_ZONES
    ]
    lines = [process.communicate(timeout=100)[0].split() for process in processes]
    assert [process.returncode for process in processes] == [0] * len(processes)
    offsets, counts, digests = (set(column) for column in zip(*lines, strict=True))
    assert len(offsets) > 3, "the servers did run in zones of their own"
    assert int(min(counts)) > 1000
    assert len(counts) == len(digests) == 1
