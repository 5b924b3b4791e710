"""Which starts a provider offers for a visit type: computed from opening hours and busy time, never stored."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from models.provider import Provider
from models.visit_type import VisitType
from resolvers.scheduling.opening_hours import OpeningHours, Window
from resolvers.scheduling.span import Span, joined
from resolvers.scheduling.wall_clock import day_of, instant_of, wall_of, zone_of

_DAY = timedelta(days=1)


class SlotRules:
    """Of one provider and visit type.

    Starts stand on a grid of the wall clock that begins with each window of opening hours. A visit lies within its window; its
    buffers may reach over the window's ends, and over nothing that is busy.
    """

    def __init__(self, provider: Provider, visit_type: VisitType) -> None:
        availability = provider.availability
        self.zone = zone_of(provider.time_zone)
        self.duration = timedelta(minutes=visit_type.duration_minutes)
        self._before = timedelta(minutes=visit_type.buffer_before_minutes)
        self._after = timedelta(minutes=visit_type.buffer_after_minutes)
        self._step = timedelta(minutes=visit_type.slot_interval_minutes or visit_type.duration_minutes)
        notice, horizon = visit_type.minimum_notice_minutes, visit_type.booking_horizon_days
        self._notice = timedelta(minutes=availability.minimum_notice_minutes if notice is None else notice)
        self._horizon = timedelta(days=availability.booking_horizon_days if horizon is None else horizon)
        self._visit_type_id = visit_type.id
        self._hours = OpeningHours(availability, self.zone)

    def bookable(self, instant: datetime) -> Span:
        """Starts that patients may book at ``instant``: after the minimum notice and before the horizon."""
        return Span(instant + self._notice, instant + self._horizon)

    def visit(self, start: datetime) -> Span:
        return Span(start, start + self.duration)

    def busy(self, start: datetime) -> Span:
        """The provider's time for a visit that starts then."""
        return self.visit(start).padded(self._before, self._after)

    def starts(self, within: Span, busy: Sequence[Span]) -> list[datetime]:
        """Starts in ``[within.start, within.end)`` whose time is free of ``busy``, each once, in order."""
        taken = joined(busy)
        ends = [span.end for span in taken]
        found = set()
        for day in self._days(within):
            leave = self._leave_around(day)
            for window in self._windows(day):
                away = [] if window.extra else leave
                for start in self._grid(window, within):
                    if not any(self.visit(start).overlaps(span) for span in away) and self._is_free(start, taken, ends):
                        found.add(start)
        return sorted(found)

    def offers(self, start: datetime) -> bool:
        """Whether it is one of the starts, were nothing busy."""
        return bool(self.starts(Span(start, start + timedelta(microseconds=1)), ()))

    def within_hours(self, start: datetime) -> bool:
        """Whether the whole visit lies within opening hours for it, on the grid or not."""
        visit = self.visit(start)
        for day in self._days(Span(start, start + timedelta(microseconds=1))):
            leave = self._leave_around(day)
            for window in self._windows(day):
                if window.span.contains(visit) and (window.extra or not any(visit.overlaps(span) for span in leave)):
                    return True
        return False

    def _days(self, within: Span) -> Iterator[date]:
        """Whose windows may reach into it: from the day before, for those over midnight."""
        day, last = day_of(within.start, self.zone) - _DAY, day_of(within.end, self.zone)
        while day <= last:
            yield day
            day += _DAY

    def _windows(self, day: date) -> Iterator[Window]:
        return (window for window in self._hours.windows(day) if window.is_for(self._visit_type_id))

    def _leave_around(self, day: date) -> list[Span]:
        """What may overlap a window that begins on this day: leave over midnight of the day before, and of the day after."""
        return [span for offset in (-1, 0, 1) for span in self._hours.leave(day + offset * _DAY)]

    def _grid(self, window: Window, within: Span) -> Iterator[datetime]:
        """Steps on the wall clock: an hour that is skipped has no starts, one that comes twice has them once."""
        wall, last = window.first, wall_of(window.span.end, self.zone)
        latest = window.span.end - self.duration
        while wall < last:
            start = instant_of(wall, self.zone)
            wall += self._step
            if start is None or not window.span.start <= start <= latest:
                continue
            if within.start <= start < within.end:
                yield start

    def _is_free(self, start: datetime, taken: list[Span], ends: list[datetime]) -> bool:
        busy = self.busy(start)
        index = bisect_left(ends, busy.start)
        while index < len(taken) and taken[index].start < busy.end:
            if taken[index].overlaps(busy):
                return False
            index += 1
        return True
