"""Counts the database commands of the current operation."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from pymongo import monitoring


@dataclass
class CommandCount:
    """Commands sent since counting began. Tasks made meanwhile share it: a loader's batch counts for its operation."""

    by_name: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        return self.by_name.total()


_CURRENT: ContextVar[CommandCount | None] = ContextVar("command_count", default=None)
# The driver's own, and probes: nobody's operation asked for them.
_UNCOUNTED = {"endSessions", "hello", "ping"}


class CommandCounter(monitoring.CommandListener):
    """Listens to the driver. One instance serves the process: whom a command counts for is in the context."""

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        counter = _CURRENT.get()
        if counter is not None and event.command_name not in _UNCOUNTED:
            counter.by_name[event.command_name] += 1

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        pass

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        pass


COMMAND_COUNTER = CommandCounter()


def count_shared(command: str) -> None:
    """For a command that several operations wait for, sent in nobody's context: it counts once for each of them."""
    counter = _CURRENT.get()
    if counter is not None:
        counter.by_name[command] += 1


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
