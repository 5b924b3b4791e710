"""Which starts a provider offers for a visit type: computed from opening hours and busy time, never stored."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from models.provider import Provider
from models.visit_type import VisitType
from resolvers.scheduling.opening_hours import Window
from resolvers.scheduling.span import Span
from resolvers.scheduling.timetable import Timetable, timetable_of
from resolvers.scheduling.wall_clock import instant_of, wall_of

_INSTANT = timedelta(microseconds=1)


class SlotRules:
    """Of one provider and visit type.

    Starts stand on a grid of the wall clock that begins with each window of opening hours. A visit lies within its window; its
    buffers may reach over the window's ends, and over nothing that is busy.
    """

    def __init__(self, provider: Provider | Timetable, visit_type: VisitType) -> None:
        timetable = provider if isinstance(provider, Timetable) else timetable_of(provider.time_zone, provider.availability)
        self.zone = timetable.zone
        self.duration = timedelta(minutes=visit_type.duration_minutes)
        self._before = timedelta(minutes=visit_type.buffer_before_minutes)
        self._after = timedelta(minutes=visit_type.buffer_after_minutes)
        self._step = timedelta(minutes=visit_type.slot_interval_minutes or visit_type.duration_minutes)
        notice, horizon = visit_type.minimum_notice_minutes, visit_type.booking_horizon_days
        self._notice = timetable.notice if notice is None else timedelta(minutes=notice)
        self._horizon = timetable.horizon if horizon is None else timedelta(days=horizon)
        self._visit_type_id = visit_type.id
        self._hours = timetable.hours

    def bookable(self, instant: datetime) -> Span:
        """Starts that patients may book at ``instant``: after the minimum notice and before the horizon."""
        return Span(instant + self._notice, instant + self._horizon)

    def visit(self, start: datetime) -> Span:
        return Span(start, start + self.duration)

    def busy(self, start: datetime) -> Span:
        """The provider's time for a visit that starts then."""
        return self.visit(start).padded(self._before, self._after)

    def busy_around(self, within: Span) -> Span:
        """The time in which something busy may be in the way of a start within ``within``."""
        return Span(within.start - self._before, within.end + self.duration + self._after)

    def starts(self, within: Span, busy: Iterable[Span]) -> list[datetime]:
        """Starts in ``[within.start, within.end)`` whose time is free of ``busy``, each once, in order."""
        offered: set[datetime] = set()
        for window, away in self._hours.windows(within, self._visit_type_id):
            grid = self._grid(window, within)
            offered.update(_outside(grid, away, self.duration, timedelta()) if away else grid)
        return list(_outside(sorted(offered), busy, self.duration + self._after, self._before))

    def offers(self, start: datetime) -> bool:
        """Whether it is one of the starts, were nothing busy."""
        return bool(self.starts(Span(start, start + _INSTANT), ()))

    def within_hours(self, start: datetime) -> bool:
        """Whether the whole visit lies within opening hours for it, on the grid or not."""
        return self._hours.covers(self.visit(start), self._visit_type_id)

    def _grid(self, window: Window, within: Span) -> list[datetime]:
        """Steps on the wall clock, in order."""
        latest = min(window.span.end - self.duration, within.end - _INSTANT)
        if not window.steady:
            return [start for start in self._grid_over_transition(window) if within.start <= start <= latest]
        earliest = window.span.start
        if earliest < within.start:
            earliest += -((earliest - within.start) // self._step) * self._step
        count = (latest - earliest) // self._step + 1
        return [earliest + number * self._step for number in range(count)]

    def _grid_over_transition(self, window: Window) -> Iterator[datetime]:
        """An hour that is skipped has no starts, one that comes twice has them once."""
        wall, last = window.first, wall_of(window.span.end, self.zone)
        found = []
        while wall <= last:
            start = instant_of(wall, self.zone)
            if start is not None and start >= window.span.start:
                found.append(start)
            wall += self._step
        return iter(sorted(found))


def _outside(starts: Sequence[datetime], taken: Iterable[Span], after: timedelta, before: timedelta) -> Iterator[datetime]:
    """Those of ``starts``, which are in order, whose ``[start - before, start + after)`` overlaps nothing that is taken."""
    # What is taken forbids the starts strictly between two bounds. Of those whose left one was passed, the furthest right counts.
    forbidden = sorted((span.start - after, span.end + before) for span in taken)
    index, until = 0, None
    for start in starts:
        while index < len(forbidden) and forbidden[index][0] < start:
            until = forbidden[index][1] if until is None else max(until, forbidden[index][1])
            index += 1
        if until is None or start >= until:
            yield start
