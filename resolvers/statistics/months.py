"""The months that statistics are told of: whole, and over."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from resolvers.errors import BadInput

LONGEST = 36
"""Months that can be asked for at once."""


@dataclass(frozen=True, slots=True)
class Months:
    """Half-open, from the first day of a month to the first day of a later one, in the clinic's zone."""

    from_: date
    to: date
    time_zone: str

    @property
    def start(self) -> datetime:
        return self._midnight(self.from_)

    @property
    def end(self) -> datetime:
        return self._midnight(self.to)

    @property
    def names(self) -> list[str]:
        """Such as "2026-02", oldest first."""
        first, last = _number(self.from_), _number(self.to)
        return [f"{number // 12:04}-{number % 12 + 1:02}" for number in range(first, last)]

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), ZoneInfo(self.time_zone)).astimezone(UTC)


def _number(day: date) -> int:
    return day.year * 12 + day.month - 1


def whole_months(from_: date, to: date, time_zone: str, instant: datetime) -> Months:
    """Raises BadInput, naming argument, value and rule: other spans could be subtracted from each other day by day."""
    for name, day in (("from", from_), ("to", to)):
        if day.day != 1:
            raise BadInput(f"{name} is {day.isoformat()}; statistics are of whole months: give the first day of one.", [name])
    number = _number(to) - _number(from_)
    if not 1 <= number <= LONGEST:
        raise BadInput(f"to is {number} months after from; it must be from 1 to {LONGEST}.", ["to"])
    today = instant.astimezone(ZoneInfo(time_zone)).date()
    if to > today.replace(day=1):
        raise BadInput(f"to is {to.isoformat()}; only months that are over are counted ({time_zone}).", ["to"])
    return Months(from_, to, time_zone)
