"""VTIMEZONE of an IANA zone (RFC 5545, 3.6.5), for the years around what a calendar holds.

Not icalendar's own: that one looks for changes in steps of weeks, so that Morocco's month of Ramadan falls through.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

from resolvers.scheduling.wall_clock import zone_of

_STEP = timedelta(days=1)
"""No zone changes its clock twice within a day."""


@lru_cache(maxsize=256)
def time_zone_of(name: str, first_year: int, last_year: int) -> Timezone:
    """From the year before the first to the end of the one after the last. Shared: not to be changed."""
    zone = zone_of(name)
    begin, end = (datetime(year, 1, 1, tzinfo=UTC) for year in (first_year - 1, last_year + 2))
    onsets: dict[tuple[timedelta, timedelta, str, bool], list[datetime]] = {}
    offset = _offset(begin, zone)
    for moment in (begin, *_changes(zone, begin, end)):
        # The onset is told by the clock before it (TZOFFSETFROM).
        kind = (offset, _offset(moment, zone), moment.astimezone(zone).tzname() or name, _is_summer(moment, zone))
        onsets.setdefault(kind, []).append((moment + offset).replace(tzinfo=None))
        offset = kind[1]
    made = Timezone()
    made.add("TZID", name)
    for (before, after, label, summer), times in onsets.items():
        part = TimezoneDaylight() if summer else TimezoneStandard()
        part.DTSTART = times[0]
        if times[1:]:
            part.add("RDATE", times[1:])
        part.add("TZNAME", label)
        part.TZOFFSETFROM, part.TZOFFSETTO = before, after
        made.add_component(part)
    return made


def _changes(zone: ZoneInfo, begin: datetime, end: datetime) -> Iterator[datetime]:
    """The first whole seconds, in UTC, with another offset than the second before."""
    early = begin
    while early < end:
        late = early + _STEP
        if _offset(early, zone) != _offset(late, zone):
            yield _change(zone, early, late)
        early = late


def _change(zone: ZoneInfo, early: datetime, late: datetime) -> datetime:
    before = _offset(early, zone)
    while late - early > timedelta(seconds=1):
        middle = (early + (late - early) / 2).replace(microsecond=0)
        if _offset(middle, zone) == before:
            early = middle
        else:
            late = middle
    return late


def _offset(instant: datetime, zone: ZoneInfo) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta()


def _is_summer(instant: datetime, zone: ZoneInfo) -> bool:
    return bool(instant.astimezone(zone).dst())
