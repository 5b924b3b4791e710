"""What the driver sends to MongoDB, as it tells it itself."""

from collections.abc import Iterator
from contextlib import contextmanager

from pymongo import monitoring

from ohms_graphql.command_counter import COUNT, CommandCount, count_command

# The driver's own, and probes: nobody's operation asked for them.
_UNCOUNTED = {"endSessions", "hello", "ping"}


class SentCommands(monitoring.CommandListener):
    """Hears of each command that is sent, in ``started``; how it ends is not asked for."""

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        pass

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        pass


class CommandCounter(SentCommands):
    """One instance serves the process: whom a command counts for is in the context."""

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if event.command_name not in _UNCOUNTED:
            count_command(event.command_name)


COMMAND_COUNTER = CommandCounter()


@contextmanager
def count_commands() -> Iterator[CommandCount]:
    """Counts within the block."""
    counter = CommandCount()
    token = COUNT.set(counter)
    try:
        yield counter
    finally:
        COUNT.reset(token)
