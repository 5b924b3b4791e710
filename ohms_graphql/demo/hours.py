"""When a provider is there: from wall-clock hours to instants."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from models.provider import AvailabilityException, Provider, Weekday

_WEEKDAYS = list(Weekday)


@dataclass(frozen=True, slots=True)
class Session:
    """``[start, end)`` in UTC; no visit types means all of the provider's."""

    start: datetime
    end: datetime
    visit_type_ids: list[str]


def sessions(provider: Provider, day: date) -> Iterator[Session]:
    """A day's sessions, in order. Whole days of leave are left out, hours of it cut away, extra hours added.

    Converted by the zone's own rules for each end, so that a session stays on the wall clock when the clocks change.
    """
    zone = ZoneInfo(provider.time_zone)
    exceptions = [exception for exception in provider.availability.exceptions if exception.date == day]
    away = [exception for exception in exceptions if not exception.available]
    if any(exception.start is None for exception in away):
        return
    for hours in provider.availability.weekly:
        if hours.weekday is _WEEKDAYS[day.weekday()]:
            for start, end in _without(hours.start, hours.end, away):
                yield Session(_instant(day, start, zone), _instant(day, end, zone), hours.visit_type_ids)
    for extra in exceptions:
        if extra.available and extra.start and extra.end:
            yield Session(_instant(day, extra.start, zone), _instant(day, extra.end, zone), [])


def _without(start: str, end: str, away: list[AvailabilityException]) -> list[tuple[str, str]]:
    """``HH:MM`` compares as text."""
    left = [(start, end)]
    for exception in away:
        from_, to = exception.start or "00:00", exception.end or "24:00"
        left = [part for one, other in left for part in ((one, min(other, from_)), (max(one, to), other)) if part[0] < part[1]]
    return left


def _instant(day: date, wall: str, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.fromisoformat(wall), zone).astimezone(UTC)
