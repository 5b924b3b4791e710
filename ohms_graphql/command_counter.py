"""Counts the database commands of the current operation.

The server counts calls (``ohms_graphql.counted_database``): making the driver's events takes a twentieth of a page's time. They
tell all that is sent, so tests count by them.
"""

from collections import Counter
from contextvars import ContextVar


class CommandCount:
    """Commands sent since counting began. Tasks made meanwhile share it: a loader's batch counts for its operation."""

    __slots__ = ("_by_name",)

    def __init__(self) -> None:
        self._by_name: dict[str, int] = {}  # a Counter takes long to make, and one is made for each operation

    def add(self, name: str) -> None:
        self._by_name[name] = self._by_name.get(name, 0) + 1

    @property
    def by_name(self) -> Counter[str]:
        return Counter(self._by_name)

    @property
    def total(self) -> int:
        return sum(self._by_name.values())


COUNT: ContextVar[CommandCount | None] = ContextVar("command_count", default=None)
"""What counts for the current operation; None where nobody counts."""


def count_command(command: str) -> None:
    """For the current operation. One that several operations wait for, sent in nobody's context, counts for each of them."""
    counter = COUNT.get()
    if counter is not None:
        counter.add(command)


def start_counting() -> CommandCount:
    """Counts from here on, for the rest of this task and the tasks it makes."""
    counter = CommandCount()
    COUNT.set(counter)
    return counter
