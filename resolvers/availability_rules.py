"""What opening hours must be like. Pure checks; every complaint names the input's path."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from models.provider import AvailabilityException, Weekday, WeeklyHours
from resolvers.complaints import Complaints
from resolvers.scheduling.opening_hours import bounds
from resolvers.scheduling.wall_clock import time_of, zone_of

MOST_WINDOWS = 100
MOST_VISIT_TYPES = 100
"""Of a provider, and so of a window."""
MOST_EXCEPTIONS = 500
"""That are to come."""
LONGEST_OVER_MIDNIGHT = timedelta(hours=14)
MOST_NOTICE_MINUTES = 43_200
MOST_HORIZON_DAYS = 730
FURTHEST_DAYS = 1_098
_WEEK = timedelta(days=7)
_MONDAY = date(2024, 1, 1)
_WEEKDAYS = list(Weekday)


def check_zone(complaints: Complaints, name: str, path: list[str]) -> None:
    try:
        zone_of(name)
    except ValueError as error:
        complaints.add(path, str(error))


def check_weekly(complaints: Complaints, weekly: Sequence[WeeklyHours], path: list[str]) -> None:
    """Windows are well-formed, and no two overlap anywhere in the week, which goes round: Sunday night reaches into Monday."""
    complaints.items(path, weekly, most=MOST_WINDOWS)
    if len(weekly) > MOST_WINDOWS:
        return
    for number, hours in enumerate(weekly):
        complaints.items([*path, str(number), "visitTypes"], hours.visit_type_ids, most=MOST_VISIT_TYPES)
    good = [
        (number, hours)
        for number, hours in enumerate(weekly)
        if check_times(complaints, hours.start, hours.end, [*path, str(number)])
    ]
    for place, (number, hours) in enumerate(good):
        earlier = next(((other_number, other) for other_number, other in good[:place] if _overlap_in_week(other, hours)), None)
        if earlier is not None:
            other_number, other = earlier
            message = f"{_said(hours)} overlaps {_said(other)}, which is {'.'.join([*path, str(other_number)])}."
            complaints.add([*path, str(number)], message)


def check_times(complaints: Complaints, start: str, end: str, path: list[str]) -> bool:
    """Whether ``start`` to ``end`` are opening hours: HH:MM, with something between, and not the wrong way round.

    An end before the start is on the next day; what would be longer than ``LONGEST_OVER_MIDNIGHT`` is taken for a slip.
    """
    malformed = [(name, text) for name, text in (("from", start), ("to", end)) if not _is_time(text)]
    for name, text in malformed:
        complaints.add([*path, name], f"{text[:20]!r} is not a time of day: HH:MM, from 00:00 to 23:59.")
    if malformed:
        return False
    if start == end:
        complaints.add([*path, "to"], f"from and to are both {start}: there is nothing between them.")
        return False
    first, last = bounds(_MONDAY, start, end)
    if end < start and end != "00:00" and last - first > LONGEST_OVER_MIDNIGHT:
        hours, most = (last - first) / timedelta(hours=1), LONGEST_OVER_MIDNIGHT // timedelta(hours=1)
        message = f"{start} to {end} would last {hours:g} hours, over midnight; at most {most} may. Are they the wrong way round?"
        complaints.add([*path, "to"], message)
        return False
    return True


def check_exception(
    complaints: Complaints, wanted: AvailabilityException, others: Sequence[AvailabilityException], today: date
) -> None:
    """``today`` is the provider's. Extra hours have times and do not overlap other extra hours; leave may."""
    near = today <= wanted.date <= today + timedelta(days=FURTHEST_DAYS)
    if wanted.date < today:
        complaints.add(["date"], f"{wanted.date} is in the past; it is {today} where the provider is.")
    elif not near:
        complaints.add(["date"], f"{wanted.date} is too far ahead: at most {FURTHEST_DAYS} days.")
    complaints.text(["reason"], wanted.reason)
    if len([other for other in others if other.date >= today]) >= MOST_EXCEPTIONS:
        complaints.add([], f"There are {MOST_EXCEPTIONS} days that differ, the most there can be: remove one first.")
    if wanted.start is None or wanted.end is None:
        _check_whole_day(complaints, wanted)
    elif check_times(complaints, wanted.start, wanted.end, []) and wanted.available and near:
        for other in others:
            if other.available and _overlap(wanted, other):
                said = f"{other.date} {other.start} to {other.end}"
                complaints.add(["from"], f"{wanted.start} to {wanted.end} overlaps other extra hours: {said}.")


def _check_whole_day(complaints: Complaints, wanted: AvailabilityException) -> None:
    """Half a time is none; only leave may do without."""
    for name, given, other in (("from", wanted.start, wanted.end), ("to", wanted.end, wanted.start)):
        if given is None and (other is not None or wanted.available):
            why = "Extra hours need both times." if wanted.available else "Give both times, or none for the whole day."
            complaints.add([name], why)


def _is_time(text: str) -> bool:
    try:
        return len(text) == 5 and text.isascii() and bool(time_of(text) or True)
    except ValueError:
        return False


def _said(hours: WeeklyHours) -> str:
    return f"{hours.weekday} {hours.start} to {hours.end}"


def _overlap_in_week(one: WeeklyHours, other: WeeklyHours) -> bool:
    first, last = _in_week(one)
    other_first, other_last = _in_week(other)
    shifts = (-_WEEK, timedelta(), _WEEK)
    return any(first < other_last + shift and other_first + shift < last for shift in shifts)


def _in_week(hours: WeeklyHours) -> tuple[timedelta, timedelta]:
    first, last = bounds(_MONDAY + timedelta(days=_WEEKDAYS.index(hours.weekday)), hours.start, hours.end)
    begin = datetime.combine(_MONDAY, time.min)
    return first - begin, last - begin


def _overlap(one: AvailabilityException, other: AvailabilityException) -> bool:
    """On the wall clock. Those without times are none (of extra hours, imported ones)."""
    if one.start is None or one.end is None or other.start is None or other.end is None:
        return False
    first, last = bounds(one.date, one.start, one.end)
    other_first, other_last = bounds(other.date, other.start, other.end)
    return first < other_last and other_first < last
