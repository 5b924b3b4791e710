"""When a provider is there: weekly hours, less leave, plus extra hours, in instants."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from models.provider import Availability, AvailabilityException, Weekday
from resolvers.scheduling.span import Span
from resolvers.scheduling.wall_clock import instant_from, time_of

_DAY = timedelta(days=1)
_WEEKDAYS = list(Weekday)


@dataclass(frozen=True, slots=True)
class Window:
    """Opening hours of one day. ``first`` is the wall-clock time that slots are counted from; it may be one that the clocks skip.

    No visit types: every one of the provider's. ``extra`` hours were put on for the day, and leave does not cut them.
    """

    first: datetime
    span: Span
    visit_type_ids: frozenset[str]
    extra: bool = False

    def is_for(self, visit_type_id: str) -> bool:
        return not self.visit_type_ids or visit_type_id in self.visit_type_ids


class OpeningHours:
    """Of one provider. Days are those of the wall clock in ``zone``, and belong to windows that begin in them."""

    def __init__(self, availability: Availability, zone: ZoneInfo) -> None:
        self._zone = zone
        self._weekly = {
            weekday: [hours for hours in availability.weekly if hours.weekday is weekday] for weekday in Weekday
        }
        self._extra: dict[date, list[AvailabilityException]] = {}
        self._leave: dict[date, list[AvailabilityException]] = {}
        for exception in availability.exceptions:
            kind = self._extra if exception.available else self._leave
            kind.setdefault(exception.date, []).append(exception)

    def windows(self, day: date) -> Iterator[Window]:
        """Those that begin on this day, in no order."""
        for hours in self._weekly[_WEEKDAYS[day.weekday()]]:
            yield self._window(day, hours.start, hours.end, frozenset(hours.visit_type_ids))
        for exception in self._extra.get(day, ()):
            if exception.start is not None and exception.end is not None:
                yield self._window(day, exception.start, exception.end, frozenset(), extra=True)

    def leave(self, day: date) -> Iterator[Span]:
        """When the provider is away, by the exceptions of this day."""
        for exception in self._leave.get(day, ()):
            yield self._span(day, exception.start or "00:00", exception.end or "00:00")

    def _window(self, day: date, start: str, end: str, visit_type_ids: frozenset[str], *, extra: bool = False) -> Window:
        first, _ = _bounds(day, start, end)
        return Window(first, self._span(day, start, end), visit_type_ids, extra)

    def _span(self, day: date, start: str, end: str) -> Span:
        first, last = _bounds(day, start, end)
        return Span(instant_from(first, self._zone), instant_from(last, self._zone))


@lru_cache(maxsize=4096)
def _bounds(day: date, start: str, end: str) -> tuple[datetime, datetime]:
    """On the wall clock. An end that is not after the start is on the next day."""
    first, last = datetime.combine(day, time_of(start)), datetime.combine(day, time_of(end))
    return first, last if last > first else last + _DAY
