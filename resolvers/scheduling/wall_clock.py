"""From the wall clock of a zone to instants and back, over every transition.

A wall-clock time that the clocks skip is no instant; one that they show twice is the first of the two. Nothing here looks at
the zone of the server.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

_DAY = timedelta(days=1)
_QUARTER = timedelta(minutes=15)


@lru_cache(maxsize=1024)
def zone_of(name: str) -> ZoneInfo:
    """Raises ValueError for what is no IANA zone (aliases are zones; paths, POSIX rules and the machine's own are none)."""
    if name not in zone_names():
        raise ValueError(f"{name!r} is not an IANA time zone.")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is not an IANA time zone.") from error


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    return frozenset(available_timezones()) - {"localtime", "posixrules"}


def instant_of(wall: datetime, zone: ZoneInfo) -> datetime | None:
    """The instant, in UTC, at which the clocks show ``wall`` (naive) first; None when they skip it."""
    instant = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    return instant if instant.astimezone(zone).replace(tzinfo=None) == wall else None


def instant_from(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, at which the clocks first show ``wall`` or later: after a skip, the moment of the transition."""
    instant = instant_of(wall, zone)
    if instant is not None:
        return instant
    # Python reads a skipped time by the offset before the transition (fold 0) or after it (fold 1). The transition lies between.
    late, early = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return _transition(early, late, wall, zone)


def _transition(early: datetime, late: datetime, wall: datetime, zone: ZoneInfo) -> datetime:
    """The first whole second in ``(early, late]`` at which the clocks show ``wall`` or later. Skips are found by halving."""
    while (late - early).total_seconds() > 1:
        middle = early + (late - early) / 2
        middle = middle.replace(microsecond=0)
        if middle.astimezone(zone).replace(tzinfo=None) >= wall:
            late = middle
        else:
            early = middle
    return late


def is_steady(start: datetime, end: datetime, zone: ZoneInfo) -> bool:
    """Whether one offset holds on all UTC days that ``[start, end]`` touches: from wall to instant by a subtraction."""
    day, last = start.date(), end.date()
    offset = _offset_through(day, zone)
    while offset is not None and day < last:
        day += _DAY
        if _offset_through(day, zone) != offset:
            return False
    return offset is not None


@lru_cache(maxsize=16384)
def _offset_through(day: date, zone: ZoneInfo) -> timedelta | None:
    """The offset that holds from the beginning of a UTC day to that of the next; None where it changes.

    Looked up every quarter of an hour: the clocks of no zone change twice within one (tests.resolvers.scheduling).
    """
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
    offset = begin.astimezone(zone).utcoffset()
    later = (begin + number * _QUARTER for number in range(1, 97))
    return offset if all(instant.astimezone(zone).utcoffset() == offset for instant in later) else None


def wall_of(instant: datetime, zone: ZoneInfo) -> datetime:
    """What the clocks show then, naive."""
    return instant.astimezone(zone).replace(tzinfo=None)


def time_of(text: str) -> time:
    """``HH:MM``. Raises ValueError."""
    return datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007  # a wall-clock time has no zone


def day_of(instant: datetime, zone: ZoneInfo) -> date:
    return wall_of(instant, zone).date()
