"""The time that free slots are looked for in."""

from datetime import datetime, timedelta

from resolvers.errors import BadInput
from resolvers.scheduling.span import Span

LONGEST_DAYS = 92
FURTHEST_DAYS = 731
"""Longer than the longest booking horizon."""


def slot_range(from_: datetime, to: datetime, instant: datetime, path: list[str]) -> Span:
    """``[from_, to)`` without the past; empty where all of it is past. Raises BadInput, with ``path`` before the field's name."""
    if to <= from_:
        raise BadInput(f"to is {to.isoformat()}; it must be after from ({from_.isoformat()}).", [*path, "to"])
    if to - from_ > timedelta(days=LONGEST_DAYS):
        raise BadInput(f"From from to to are {(to - from_).days} days; at most {LONGEST_DAYS} can be asked for.", [*path, "to"])
    if to - instant > timedelta(days=FURTHEST_DAYS):
        raise BadInput(f"to is {to.isoformat()}; slots are known for {FURTHEST_DAYS} days from now.", [*path, "to"])
    return Span(min(max(from_, instant), to), to)
