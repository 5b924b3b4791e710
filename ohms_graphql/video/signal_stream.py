"""What is told in video visits, on its way to those in them on this process. Implements resolvers.video.stream.VisitStream."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from models.visit_signal import VisitSignal
from ohms_graphql.event_stream import Follower, InsertStream

_EXITS_TAKE = 5.0
"""Seconds that stopping waits for those whose socket has just been closed to be recorded as gone."""


class SignalStream:
    """Hands signals to those who follow a visit, while it is ``running``."""

    def __init__(self) -> None:
        self._signals = InsertStream(VisitSignal.get_pymongo_collection(), VisitSignal, "appointment_id")
        self._following = 0
        self._nobody = asyncio.Event()
        self._nobody.set()

    @asynccontextmanager
    async def follow(self, appointment_id: str) -> AsyncIterator[Follower[VisitSignal]]:
        self._following += 1
        self._nobody.clear()
        try:
            async with self._signals.follow([appointment_id]) as follower:
                yield follower
        finally:
            self._following -= 1
            if not self._following:
                self._nobody.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with self._signals.running():
            try:
                yield
            finally:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._nobody.wait(), _EXITS_TAKE)
