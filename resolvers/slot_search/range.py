"""The time that free slots are looked for in."""

from datetime import datetime, timedelta

from resolvers.errors import BadInput
from resolvers.scheduling.span import Span

LONGEST_DAYS = 92
USUAL_DAYS = 30
FURTHEST_DAYS = 731
"""Longer than the longest booking horizon."""


def slot_range(from_: datetime | None, to: datetime | None, instant: datetime, path: list[str]) -> Span:
    """``[from_, to)`` without the past; empty where all of it is past. Raises BadInput, with ``path`` before the field's name.

    From now on, and for ``USUAL_DAYS``, where nothing else is said.
    """
    begin = instant if from_ is None else from_
    if begin - instant > timedelta(days=FURTHEST_DAYS):
        raise BadInput(f"from is {begin.isoformat()}; slots are known for {FURTHEST_DAYS} days from now.", [*path, "from"])
    end = max(begin, instant) + timedelta(days=USUAL_DAYS) if to is None else to
    if end <= begin:
        raise BadInput(f"to is {end.isoformat()}; it must be after from ({begin.isoformat()}).", [*path, "to"])
    if end - begin > timedelta(days=LONGEST_DAYS):
        raise BadInput(f"There are {(end - begin).days} days between from and to; at most {LONGEST_DAYS} fit.", [*path, "to"])
    return Span(min(max(begin, instant), end), end)
