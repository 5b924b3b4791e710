"""When a provider is there: weekly hours, less leave, plus extra hours, in instants."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from models.provider import Availability, AvailabilityException, Weekday
from resolvers.scheduling.span import Span
from resolvers.scheduling.wall_clock import day_of, instant_from, is_steady, time_of, wall_of

_DAY = timedelta(days=1)
_WEEKDAYS = list(Weekday)
_DAYS_KEPT = 200


@dataclass(frozen=True, slots=True)
class Window:
    """Opening hours of one day. ``first`` is the wall-clock time that slots are counted from; it may be one that the clocks skip.

    No visit types: every one of the provider's. ``extra`` hours were put on for the day, and leave does not cut them. ``steady``:
    the clocks do not change meanwhile.
    """

    first: datetime
    span: Span
    visit_type_ids: frozenset[str]
    extra: bool
    steady: bool

    def is_for(self, visit_type_id: str) -> bool:
        return not self.visit_type_ids or visit_type_id in self.visit_type_ids


@dataclass(frozen=True, slots=True)
class _Day:
    """Of the wall clock. ``away`` is what may overlap a window of this day: leave of the days before and after, too."""

    windows: tuple[Window, ...]
    away: tuple[Span, ...]


class OpeningHours:
    """Of one provider. Days are those of the wall clock in ``zone``, and belong to windows that begin in them."""

    def __init__(self, availability: Availability, zone: ZoneInfo) -> None:
        self._zone = zone
        self._weekly = {weekday: [hours for hours in availability.weekly if hours.weekday is weekday] for weekday in Weekday}
        self._extra: dict[date, list[AvailabilityException]] = {}
        self._leave: dict[date, list[AvailabilityException]] = {}
        self._days: dict[date, _Day] = {}
        for exception in availability.exceptions:
            kind = self._extra if exception.available else self._leave
            kind.setdefault(exception.date, []).append(exception)

    def windows(self, within: Span, visit_type_id: str | None = None) -> Iterator[tuple[Window, tuple[Span, ...]]]:
        """Windows that reach into ``within``, each with the leave that cuts it, in no order. No visit type: windows for any."""
        # From the day before, for those over midnight, to the day after: some clocks go back over midnight.
        day, last = day_of(within.start, self._zone) - _DAY, day_of(within.end, self._zone) + _DAY
        while day <= last:
            found = self._day(day)
            for window in found.windows:
                if window.span.overlaps(within) and (visit_type_id is None or window.is_for(visit_type_id)):
                    yield window, () if window.extra else found.away
            day += _DAY

    def covers(self, visit: Span, visit_type_id: str | None = None) -> bool:
        """Whether all of it lies within opening hours for this visit type."""
        return any(
            window.span.contains(visit) and not any(visit.overlaps(span) for span in away)
            for window, away in self.windows(visit, visit_type_id)
        )

    def _day(self, day: date) -> _Day:
        known = self._days.get(day)
        if known is None:
            if len(self._days) >= _DAYS_KEPT:
                self._days.clear()
            away = (span for offset in (-1, 0, 1) for span in self._away(day + offset * _DAY))
            known = self._days[day] = _Day(tuple(self._windows(day)), tuple(away))
        return known

    def _windows(self, day: date) -> Iterator[Window]:
        for hours in self._weekly[_WEEKDAYS[day.weekday()]]:
            yield self._window(day, hours.start, hours.end, frozenset(hours.visit_type_ids))
        for exception in self._extra.get(day, ()):
            if exception.start is not None and exception.end is not None:
                yield self._window(day, exception.start, exception.end, frozenset(), extra=True)

    def _away(self, day: date) -> Iterator[Span]:
        """When the provider is away, by the exceptions of this day. What lies in a skipped hour is no time at all."""
        for exception in self._leave.get(day, ()):
            span = self._span(day, exception.start or "00:00", exception.end or "00:00")
            if span.start < span.end:
                yield span

    def _window(self, day: date, start: str, end: str, visit_type_ids: frozenset[str], *, extra: bool = False) -> Window:
        first, _ = bounds(day, start, end)
        span = self._span(day, start, end)
        # Hours that would begin at a time that the clocks skip begin right after it, which may be a UTC day's first instant.
        steady = is_steady(span.start, span.end, self._zone) and wall_of(span.start, self._zone) == first
        return Window(first, span, visit_type_ids, extra, steady)

    def _span(self, day: date, start: str, end: str) -> Span:
        first, last = bounds(day, start, end)
        return Span(instant_from(first, self._zone), instant_from(last, self._zone))


@lru_cache(maxsize=4096)
def bounds(day: date, start: str, end: str) -> tuple[datetime, datetime]:
    """On the wall clock. An end that is not after the start is on the next day."""
    first, last = datetime.combine(day, time_of(start)), datetime.combine(day, time_of(end))
    return first, last if last > first else last + _DAY
