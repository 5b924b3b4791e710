"""What slots must be, found the slow way: by looking at the clock on the wall every minute.

Nothing here goes from the wall clock to an instant; instants are walked through, and what the clocks show is compared.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from models.provider import Availability, AvailabilityException, Weekday, WeeklyHours
from models.visit_type import VisitType
from resolvers.scheduling.span import Span

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def shown(instant: datetime, zone: ZoneInfo) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None)


class Walk:
    """The clocks of a zone, looked at every minute of ``[begin, end)``."""

    def __init__(self, zone: ZoneInfo, begin: datetime, end: datetime) -> None:
        count = (end - begin) // MINUTE
        self.seen = [(instant, shown(instant, zone)) for instant in (begin + number * MINUTE for number in range(count))]
        self.first: dict[datetime, datetime] = {}
        for instant, wall in self.seen:
            self.first.setdefault(wall, instant)

    def reached(self, wall: datetime) -> datetime:
        """The first instant at which the clocks show this or later. Raises LookupError outside of the walk."""
        if wall in self.first:
            return self.first[wall]
        return next(instant for instant, other in self.seen if other > wall)

    def days(self) -> list[date]:
        """All that the clocks show, or skip, well within the walk."""
        begin, end = self.seen[0][1].date() + DAY, self.seen[-1][1].date() - DAY
        return [begin + number * DAY for number in range((end - begin).days)]


def _wall(day: date, text: str) -> datetime:
    return datetime(day.year, day.month, day.day, int(text[:2]), int(text[3:]))  # noqa: DTZ001  # on the wall


def _ends(day: date, start: str, end: str) -> tuple[datetime, datetime]:
    first, last = _wall(day, start), _wall(day, end)
    return first, last if last > first else last + DAY


def _hours(availability: Availability, day: date, visit_type_id: str) -> Iterable[tuple[str, str, bool]]:
    weekday = list(Weekday)[day.weekday()]
    for hours in availability.weekly:
        if hours.weekday is weekday and (not hours.visit_type_ids or visit_type_id in hours.visit_type_ids):
            yield hours.start, hours.end, False
    for exception in availability.exceptions:
        if exception.date == day and exception.available and exception.start and exception.end:
            yield exception.start, exception.end, True


def _away(walk: Walk, exceptions: Sequence[AvailabilityException]) -> list[Span]:
    days = set(walk.days())
    found = []
    for exception in exceptions:
        if not exception.available and exception.date in days:
            first, last = _ends(exception.date, exception.start or "00:00", exception.end or "00:00")
            found.append(Span(walk.reached(first), walk.reached(last)))
    return found


def slots(walk: Walk, availability: Availability, offered: VisitType, within: Span, busy: Sequence[Span] = ()) -> list[datetime]:
    """Starts in ``within``, which lies well inside of the walk."""
    duration = offered.duration_minutes * MINUTE
    step = (offered.slot_interval_minutes or offered.duration_minutes) * MINUTE
    before, after = offered.buffer_before_minutes * MINUTE, offered.buffer_after_minutes * MINUTE
    away = _away(walk, availability.exceptions)
    found = set()
    for day in walk.days():
        for from_, to, extra in _hours(availability, day, offered.id):
            wall, last = _ends(day, from_, to)
            opens, closes = walk.reached(wall), walk.reached(last)
            while wall < last:
                start = walk.first.get(wall)
                wall += step
                if start is None or not (opens <= start and start + duration <= closes):
                    continue
                if not (within.start <= start < within.end):
                    continue
                if not extra and any(_meet(start, start + duration, span) for span in away):
                    continue
                if not any(_meet(start - before, start + duration + after, span) for span in busy):
                    found.add(start)
    return sorted(found)


def _meet(start: datetime, end: datetime, span: Span) -> bool:
    """Minute by minute would say the same."""
    return span.start < span.end and max(start, span.start) < min(end, span.end)


def visit_type(minutes: int, step: int | None = None, before: int = 0, after: int = 0) -> VisitType:
    """Without a database, which a document has to know before it can be made in the usual way."""
    made: VisitType = VisitType.model_construct(
        duration_minutes=minutes, slot_interval_minutes=step, buffer_before_minutes=before, buffer_after_minutes=after
    )
    return made


def every_day(start: str, end: str) -> Availability:
    return Availability(weekly=[WeeklyHours(weekday=weekday, start=start, end=end) for weekday in Weekday])


def transitions(zone: ZoneInfo, begin: datetime, end: datetime) -> list[datetime]:
    """The instants, whole minutes, from which on the clocks show another offset; looked for once a day, then by halving."""
    found = []
    instant, offset = begin, begin.astimezone(zone).utcoffset()
    while instant < end:
        later = instant + DAY
        if later.astimezone(zone).utcoffset() != offset:
            early, late = instant, later
            while late - early > MINUTE:
                middle = early + (late - early) // MINUTE // 2 * MINUTE
                early, late = (middle, late) if middle.astimezone(zone).utcoffset() == offset else (early, middle)
            found.append(late)
            offset = later.astimezone(zone).utcoffset()
        instant = later
    return found


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]  # year, month, day ...
