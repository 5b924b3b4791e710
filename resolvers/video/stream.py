"""The port through which those in a video visit hear that something happened in it."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol


class VisitFollowing(Protocol):
    """One follower's place in the stream."""

    async def next(self) -> object:
        """Waits until something was told in the visit, or may have been: the database knows what. May be cancelled."""
        ...


class VisitStream(Protocol):
    def follow(self, appointment_id: str) -> AbstractAsyncContextManager[VisitFollowing]:
        """Inside the block, ``next`` returns after each signal that is committed from its beginning on, on whichever process."""
        ...
