"""Completed years of age."""

from datetime import date


def age_on(born: date | None, day: date) -> int | None:
    """A person born on 29 February completes a year on 1 March of a common year. None without a birth date."""
    if born is None or born > day:
        return None
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
