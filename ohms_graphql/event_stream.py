"""Events on their way to those who follow them on this process: one MongoDB change stream for all of a kind.

The driver goes on by itself after a failover. When the stream breaks for good a new one is opened, and everybody is told to look
into the database: the events of a schedule are numbered without gaps, so nobody misses one.
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, suppress
from typing import Any, Generic, TypeVar

from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import PyMongoError

from models.appointment import ScheduleEvent
from models.base import StoredDocument
from resolvers.schedule_feed.stream import Signal

D = TypeVar("D", bound=StoredDocument)

_log = logging.getLogger(__name__)

_PATIENCE_MS = 250
"""How long the server holds a read of the stream back while there is nothing to tell; the longest that stopping takes."""

_AFTER_A_FAULT = 0.5
"""Seconds between two attempts to open the stream."""

_WAITING_AT_MOST = 256
"""Events that wait for one follower. Who is slower than that gets a reset, and holds up nobody else."""


class Follower(Generic[D]):
    """One subscription's queue."""

    def __init__(self) -> None:
        self._waiting: deque[D | Signal] = deque()
        self._came = asyncio.Event()

    async def next(self) -> D | Signal:
        while not self._waiting:
            self._came.clear()
            await self._came.wait()
        return self._waiting.popleft()

    def put(self, came: D | Signal) -> None:
        if len(self._waiting) >= _WAITING_AT_MOST:
            self._waiting.clear()
            came = Signal.TOO_SLOW
        self._waiting.append(came)
        self._came.set()


class InsertStream(Generic[D]):
    """Hands what is added to a collection to followers of its ``key``, while it is ``running``."""

    def __init__(self, events: AsyncCollection[dict[str, Any]], document: type[D], key: str) -> None:
        self._events = events
        self._document = document
        self._key = key
        self._followers: dict[str, set[Follower[D]]] = {}
        self._wanted = asyncio.Event()
        self._open = asyncio.Event()
        self._stopping = asyncio.Event()

    @asynccontextmanager
    async def follow(self, keys: Collection[str]) -> AsyncIterator[Follower[D]]:
        """Waits until the stream is open: what is committed from then on comes."""
        follower: Follower[D] = Follower()
        for key in keys:
            self._followers.setdefault(key, set()).add(follower)
        try:
            self._wanted.set()
            await self._open.wait()
            yield follower
        finally:
            for key in keys:
                others = self._followers[key]
                others.discard(follower)
                if not others:
                    del self._followers[key]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            self._stopping.set()  # not cancelled: that would leave the driver in the middle of a read
            self._wanted.set()
            await task

    async def _watch(self) -> None:
        await self._wanted.wait()  # a process that nobody follows on needs no stream
        while not self._stopping.is_set():
            try:
                await self._read()
                fault = "its collection is gone"
            except PyMongoError as error:
                fault = type(error).__name__
            self._open.clear()
            if not self._stopping.is_set():
                _log.warning("the stream of %s was interrupted (%s); it is opened again", self._events.name, fault)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), _AFTER_A_FAULT)

    async def _read(self) -> None:
        pipeline = [{"$match": {"operationType": "insert"}}]
        async with await self._events.watch(pipeline, max_await_time_ms=_PATIENCE_MS) as stream:
            self._open.set()
            self._tell_everybody()  # of what was committed while nobody looked
            while stream.alive and not self._stopping.is_set():
                change = await stream.try_next()
                if change is not None:
                    self._tell(change["fullDocument"])
                    await asyncio.sleep(0)  # the next may be there already: between them readers get their turn

    def _tell(self, row: dict[str, Any]) -> None:
        followers = self._followers.get(row[self._key])
        if followers:
            event = self._document.model_validate(row)
            for follower in followers:
                follower.put(event)

    def _tell_everybody(self) -> None:
        for follower in {follower for followers in self._followers.values() for follower in followers}:
            follower.put(Signal.LOOK_AGAIN)


class ScheduleStream(InsertStream[ScheduleEvent]):
    """Events of schedules, by provider."""

    def __init__(self, events: AsyncCollection[dict[str, Any]]) -> None:
        super().__init__(events, ScheduleEvent, "provider_id")
