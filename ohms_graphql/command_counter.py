"""Counts the database commands of the current operation.

By the driver's events where exactness counts, which is in tests: they tell all that is sent. Making the events takes a
twentieth of a page's time, so the server counts calls (``ohms_graphql.counted_database``).
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from pymongo import monitoring


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


_CURRENT: ContextVar[CommandCount | None] = ContextVar("command_count", default=None)
# The driver's own, and probes: nobody's operation asked for them.
_UNCOUNTED = {"endSessions", "hello", "ping"}


class CommandCounter(monitoring.CommandListener):
    """Listens to the driver. One instance serves the process: whom a command counts for is in the context."""

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        counter = _CURRENT.get()
        if counter is not None and event.command_name not in _UNCOUNTED:
            counter.add(event.command_name)

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        pass

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        pass


COMMAND_COUNTER = CommandCounter()


def count_command(command: str) -> None:
    """For the current operation. One that several operations wait for, sent in nobody's context, counts for each of them."""
    counter = _CURRENT.get()
    if counter is not None:
        counter.add(command)


def start_counting() -> CommandCount:
    """Counts from here on, for the rest of this task and the tasks it makes."""
    counter = CommandCount()
    _CURRENT.set(counter)
    return counter


@contextmanager
def count_commands() -> Iterator[CommandCount]:
    """Counts within the block."""
    counter = CommandCount()
    token = _CURRENT.set(counter)
    try:
        yield counter
    finally:
        _CURRENT.reset(token)
