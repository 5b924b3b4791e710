"""Series: an RFC 5545 recurrence rule, on the wall clock of the provider."""

from calendar import monthrange
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from resolvers.scheduling.wall_clock import instant_of, wall_of

MAX_OCCURRENCES = 52
MAX_YEARS = 2
_FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
_PARTS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "WKST"}
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_LONGEST = 300
_LONGEST_INTERVAL = 366
_OTHER_BEGINNING = "The rule does not begin with the start: its first occurrence must be the visit that is booked."


class BadRule(ValueError):
    """The rule cannot be used; the message says why."""


def occurrences(rule: str, start: datetime, zone: ZoneInfo) -> list[datetime]:
    """The starts of a series, in UTC, the first of them ``start``. Each is at the same time of day in ``zone``.

    Raises BadRule: for what is no rule, has no end or none within reach, or meets a time that the clocks skip.
    """
    parts = _parts(rule)
    wall = wall_of(start, zone)
    count, until = _count(parts.pop("COUNT", None)), _until(parts.pop("UNTIL", None), zone)
    if (count is None) == (until is None):
        raise BadRule("Give one of COUNT and UNTIL: a series has an end.")
    if not _names(parts, wall):
        raise BadRule(_OTHER_BEGINNING)
    reach = wall + timedelta(days=366 * MAX_YEARS)
    bounded = ";".join(f"{name}={value}" for name, value in parts.items())
    bound = min(until, reach) if until else reach
    try:
        found = rrulestr(f"RRULE:{bounded};UNTIL={bound:%Y%m%dT%H%M%S}", dtstart=wall)
        walls = list(islice(found, (count or MAX_OCCURRENCES) + (count is None)))
    except (ValueError, TypeError, OverflowError, KeyError, IndexError) as error:
        raise BadRule("This is not a recurrence rule (RFC 5545, 3.3.10).") from error
    if not walls or walls[0] != wall:
        raise BadRule(_OTHER_BEGINNING)
    if len(walls) > MAX_OCCURRENCES:
        raise BadRule(f"The series has more than {MAX_OCCURRENCES} visits.")
    if (count is not None and len(walls) < count) or (until is not None and until > reach):
        raise BadRule(f"The series reaches over more than {MAX_YEARS} years.")
    return [_instant(each, zone) for each in walls]


def _parts(rule: str) -> dict[str, str]:
    if len(rule) > _LONGEST:
        raise BadRule(f"The rule has {len(rule)} characters; at most {_LONGEST} fit.")
    parts: dict[str, str] = {}
    for part in rule.strip().upper().removeprefix("RRULE:").split(";"):
        name, equals, value = part.partition("=")
        if not equals or not value or name in parts or not value.replace(",", "").replace("-", "").replace("+", "").isalnum():
            raise BadRule("This is not a recurrence rule (RFC 5545, 3.3.10).")
        if name not in _PARTS:
            raise BadRule(f"{name[:20]} cannot be used here; {', '.join(sorted(_PARTS))} can.")
        parts[name] = value
    interval = parts.get("INTERVAL", "1")
    if not interval.isdecimal() or not 1 <= int(interval[:6]) <= _LONGEST_INTERVAL:
        raise BadRule(f"INTERVAL is {interval[:20]}; it must be from 1 to {_LONGEST_INTERVAL}.")
    if parts.get("FREQ") not in _FREQUENCIES:
        raise BadRule(f"FREQ must be one of {', '.join(sorted(_FREQUENCIES))}.")
    return parts


def _names(parts: dict[str, str], wall: datetime) -> bool:
    """Whether the day is one of those that the rule lists. Without such a day the library looks for one until the year 9999."""
    days_in_month = monthrange(wall.year, wall.month)[1]
    of_day = {
        "BYDAY": {_WEEKDAYS[wall.weekday()]},
        "BYMONTH": {str(wall.month)},
        "BYMONTHDAY": {str(wall.day), str(wall.day - days_in_month - 1)},
    }
    listed = {name: {each.lstrip("+0") for each in parts[name].split(",")} for name in of_day.keys() & parts.keys()}
    if "BYDAY" in listed:
        listed["BYDAY"] = {each[-2:] for each in listed["BYDAY"]}
    return all(of_day[name] & values for name, values in listed.items())


def _count(value: str | None) -> int | None:
    if value is None:
        return None
    if not value.isdecimal() or not 1 <= int(value[:6]) <= MAX_OCCURRENCES:
        raise BadRule(f"COUNT is {value[:20]}; it must be from 1 to {MAX_OCCURRENCES}.")
    return int(value)


def _until(value: str | None, zone: ZoneInfo) -> datetime | None:
    """On the wall clock. A date alone includes that day; an instant is in UTC, as RFC 5545 wants it beside a zone."""
    if value is None:
        return None
    try:
        if len(value) == 8:
            return datetime.strptime(value, "%Y%m%d").replace(hour=23, minute=59, second=59)  # noqa: DTZ007
        return wall_of(datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC), zone)
    except (ValueError, OverflowError) as error:
        raise BadRule("UNTIL must be a date (20271231) or an instant in UTC (20271231T120000Z).") from error


def _instant(wall: datetime, zone: ZoneInfo) -> datetime:
    instant = instant_of(wall, zone)
    if instant is None:
        raise BadRule(f"On {wall:%Y-%m-%d} the clocks skip {wall:%H:%M}: choose another time of day.")
    return instant
