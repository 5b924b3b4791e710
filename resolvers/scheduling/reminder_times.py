"""When a reminder goes out: so long before the visit, and never at night on the patient's wall clock."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from resolvers.scheduling.wall_clock import instant_of, wall_of

NIGHT_BEGINS = time(22)
NIGHT_ENDS = time(7)
_EVENING = time(21, 45)
"""For those that the morning would be too late for."""

LONGEST_SHIFT = timedelta(hours=36)
"""No reminder goes out earlier than the minutes say by more than this, also where a zone skips a whole day."""


def is_quiet(instant: datetime, zone: ZoneInfo) -> bool:
    clock = wall_of(instant, zone).time()
    return clock >= NIGHT_BEGINS or clock < NIGHT_ENDS


def reminder_time(start: datetime, minutes: int, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, of the reminder ``minutes`` before ``start``: always before the start, and by day.

    In the night it waits for seven in the morning; where the visit has begun by then, it goes out the evening before.
    """
    wanted = (start - timedelta(minutes=minutes)).astimezone(UTC)
    if not is_quiet(wanted, zone):
        return wanted
    morning = _first(wanted, zone, NIGHT_ENDS, step=1)
    return morning if morning < start else _first(wanted, zone, _EVENING, step=-1)


def _first(wanted: datetime, zone: ZoneInfo, clock: time, *, step: int) -> datetime:
    """When the clocks show ``clock`` next (``step`` 1) or last (-1), seen from ``wanted``; days that lack it are passed."""
    day = wall_of(wanted, zone).date()
    for _ in range(4):
        found = instant_of(datetime.combine(day, clock), zone)
        if found is not None and (found > wanted if step > 0 else found < wanted):
            return found
        day += timedelta(days=step)
    raise ValueError(f"{zone.key} has no {clock:%H:%M} within days of {wanted.isoformat()}")


def due_reminder(instant: datetime, start: datetime, minutes: Iterable[int], zone: ZoneInfo, since: datetime) -> int | None:
    """Which reminder of a visit is due at ``instant``; None for none.

    Of several that are due (after an outage, or by the rule for nights) only the last: one mail tells as much as two. Those that
    fell before ``since``, when the visit was made, are not caught up on; nothing goes out at night, however late it is.
    """
    if instant >= start or is_quiet(instant, zone):
        return None
    times = [(reminder_time(start, before, zone), -before) for before in minutes]
    due = max(((when, before) for when, before in times if since <= when <= instant), default=None)
    return None if due is None else -due[1]
