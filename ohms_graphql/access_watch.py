"""Tells open sockets, on this process and within a second, that what an account may do has changed.

One change stream on the accounts serves the process. The driver goes on by itself after a failover; when the stream breaks for
good, a new one is opened and everybody who follows looks at their account again, so that nothing is missed.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any

from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import PyMongoError

_log = logging.getLogger(__name__)

_MATTERS = (
    "broken_glass_until",
    "ended_sessions",
    "kept_session_id",
    "patient_id",
    "provider_id",
    "roles",
    "sessions_from",
    "status",
)
"""Fields of an account whose change ends or alters what is open. That it was signed in with, say, does neither."""

_RECENT = 30.0
"""Seconds that a change is remembered: longer than anybody takes from reading an account to following it."""

_PATIENCE_MS = 250
"""How long the server holds a read of the stream back while there is nothing to tell; the longest that stopping takes."""

_AFTER_A_FAULT = 0.5
"""Seconds between two attempts to open the stream."""


class AccessWatch:
    """Hands changes of accounts to those who follow them, while it is ``running``."""

    def __init__(self, accounts: AsyncCollection[dict[str, Any]]) -> None:
        self._accounts = accounts
        self._followers: dict[str, set[asyncio.Event]] = {}
        self._recent: OrderedDict[str, float] = OrderedDict()
        self._wanted = asyncio.Event()
        self._stopping = asyncio.Event()

    @contextmanager
    def follow(self, account_id: str) -> Iterator[AsyncIterator[None]]:
        """Inside the block, the iterator gives a turn after each change of the account; several at once may be one turn.

        It begins with one for an account that changed just now: perhaps after the caller looked at it, and before this block.
        """
        told = asyncio.Event()
        if account_id in self._recent:
            told.set()
        followers = self._followers.setdefault(account_id, set())
        followers.add(told)
        self._wanted.set()
        try:
            yield _turns(told)
        finally:
            followers.discard(told)
            if not followers:
                self._followers.pop(account_id, None)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Watches inside the block."""
        task = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            self._stopping.set()  # not cancelled: that would leave the driver in the middle of a read
            self._wanted.set()
            await task

    async def _watch(self) -> None:
        await self._wanted.wait()  # a process without sockets needs no stream
        while not self._stopping.is_set():
            try:
                await self._read()
                fault = "its collection is gone"
            except PyMongoError as error:
                fault = type(error).__name__
            if not self._stopping.is_set():
                _log.warning("the watch over accounts was interrupted (%s); it goes on", fault)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), _AFTER_A_FAULT)

    async def _read(self) -> None:
        pipeline = [{"$match": {"operationType": {"$in": ["update", "replace", "delete"]}}}]
        async with await self._accounts.watch(pipeline, max_await_time_ms=_PATIENCE_MS) as stream:
            self._tell_everybody()  # of what changed while nobody looked
            while stream.alive and not self._stopping.is_set():
                change = await stream.try_next()
                if change is not None and _matters(change):
                    account_id = change["documentKey"]["_id"]
                    self._remember(account_id)
                    self._tell(account_id)

    def _remember(self, account_id: str) -> None:
        instant = asyncio.get_running_loop().time()
        self._recent[account_id] = instant
        self._recent.move_to_end(account_id)
        while next(iter(self._recent.values())) < instant - _RECENT:
            self._recent.popitem(last=False)

    def _tell(self, account_id: str) -> None:
        for told in self._followers.get(account_id, ()):
            told.set()

    def _tell_everybody(self) -> None:
        for account_id in self._followers:
            self._tell(account_id)


def _matters(change: Mapping[str, Any]) -> bool:
    if change["operationType"] != "update":
        return True
    described = change["updateDescription"]
    touched = [
        *described["updatedFields"],
        *described["removedFields"],
        *(array["field"] for array in described.get("truncatedArrays", ())),
    ]
    return any(name.partition(".")[0] in _MATTERS for name in touched)


async def _turns(told: asyncio.Event) -> AsyncIterator[None]:
    while True:
        await told.wait()
        told.clear()
        yield
