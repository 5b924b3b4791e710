"""The port through which releases reach those who follow them."""

from collections.abc import Collection
from contextlib import AbstractAsyncContextManager
from typing import Protocol


class ReleaseFollowing(Protocol):
    """One follower's place in the stream."""

    async def next(self) -> object:
        """Waits until something was released, or may have been: the database knows what. May be cancelled."""
        ...


class ReleaseStream(Protocol):
    def follow(self, patient_ids: Collection[str], /) -> AbstractAsyncContextManager[ReleaseFollowing]:
        """Inside the block, ``next`` returns after each release of these patients that is committed from its beginning on, on
        whichever process.
        """
        ...
