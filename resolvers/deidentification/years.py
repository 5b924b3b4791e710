"""Years instead of dates, and nothing that tells of an age over 89 (45 CFR 164.514(b)(2)(i)(C))."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from models.values import Period

OLDEST = 89
BAND = 5


def age_group(born: date | None, day: date) -> str | None:
    """Such as "40-44", or "90+". From the years alone: an exact age, asked for daily, would tell the birthday."""
    if born is None or born.year > day.year:
        return None
    years = day.year - born.year
    if years > OLDEST:
        return f"{OLDEST + 1}+"
    return f"{years // BAND * BAND}-{years // BAND * BAND + BAND - 1}"


@dataclass(frozen=True, slots=True)
class Years:
    """As seen from one day. What is 90 years ago or more tells of an age over 89 and is left out."""

    today: date

    def of(self, value: datetime | None) -> datetime | None:
        """The first instant of the year, in UTC."""
        if value is None or self._tells(value):
            return None
        return datetime(value.astimezone(UTC).year, 1, 1, tzinfo=UTC)

    def at_least(self, value: datetime) -> datetime:
        """The same for what cannot be left out: older years become the oldest that may be told."""
        return self.of(value) or datetime(self.today.year - OLDEST, 1, 1, tzinfo=UTC)

    def of_day(self, value: date | None) -> date | None:
        return None if value is None or self._tells(value) else date(value.year, 1, 1)

    def of_period(self, period: Period) -> Period:
        return Period.model_construct(start=self.of(period.start), end=self.of(period.end))

    def _tells(self, value: date) -> bool:
        return self.today.year - value.year > OLDEST
