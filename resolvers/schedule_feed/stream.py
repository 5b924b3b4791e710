"""The port through which events of schedules reach those who follow them."""

from collections.abc import Collection
from contextlib import AbstractAsyncContextManager
from enum import Enum, auto
from typing import Protocol

from models.appointment import ScheduleEvent


class Signal(Enum):
    LOOK_AGAIN = auto()
    """Something may have been missed: the database knows."""
    TOO_SLOW = auto()
    """More came than was fetched in time, and was dropped."""


class Following(Protocol):
    """One follower's place in the stream."""

    async def next(self) -> ScheduleEvent | Signal:
        """Waits. Events of one provider come in order; each may come more than once, and some not at all (LOOK_AGAIN)."""
        ...


class EventStream(Protocol):
    def follow(self, provider_ids: Collection[str]) -> AbstractAsyncContextManager[Following]:
        """Inside the block, whatever is committed to these schedules from its beginning on comes, on whichever process."""
        ...
