"""When a child comes of age."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Majority:
    """The age of majority, and the clinic's zone in which birthdays begin."""

    years: int = 18
    time_zone: str = "UTC"

    def begins(self, born: date) -> datetime:
        """The first instant of the birthday, in UTC. Who was born on 29 February comes of age on 1 March."""
        year = born.year + self.years
        try:
            birthday = born.replace(year=year)
        except ValueError:
            birthday = date(year, 3, 1)
        return datetime.combine(birthday, time(), ZoneInfo(self.time_zone)).astimezone(UTC)

    def reached(self, born: date | None, instant: datetime) -> bool | None:
        """Whether somebody is of age; None where the birth date is not known."""
        return None if born is None else instant >= self.begins(born)


USUAL_MAJORITY = Majority()
