"""Writes entries: one chain for what this process's callers read, and a little one for each change.

Reads: one insert is under way at a time, and operations that end meanwhile go together with the next one. An insert that fails
may have stored some of its entries, all or none: nobody can say where the chain ends, so it is left, and the next entry begins
another.
"""

import asyncio
import contextvars
import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import PyMongoError

from models.audit_event import AuditEvent, entry_id
from models.audit_seal import AuditChain, ChainKind
from models.identity import new_id
from resolvers.audit.hashing import ENTRY, START, TrailKey
from resolvers.audit.log import AuditUnavailable, Row

_log = logging.getLogger(__name__)

_LARGEST_BATCH = 1000
"""Patients in one insert, about: what has waited goes together, and an operation always whole."""

HEARTBEAT_SECONDS = 60
_GOOD_FOR_SECONDS = 300
"""How long after a heartbeat a chain is written on. The sealer closes it after twice that."""


class Chain:
    """The end of a chain. ``stored`` entries are known to be in the database, of which it was ``told`` how many they are."""

    def __init__(self) -> None:
        self.id = new_id()
        self.position = 0
        self.hash = START
        self.stored = 0
        self.told = 0
        self.seen = time.monotonic()

    def link(self, rows: Sequence[Row], key: TrailKey) -> list[Row]:
        """The rows as they are stored; the end of the chain moves behind them."""
        linked = []
        for row in rows:
            stored = {"_id": entry_id(self.id, self.position), **row, "previous": self.hash}
            self.hash = stored["hash"] = key.sign_new(ENTRY, stored)
            self.position += 1
            linked.append(stored)
        return linked


class AuditWriter:
    """One for a process and its event loop."""

    def __init__(self, key: TrailKey, clock: Callable[[], datetime]) -> None:
        self._key = key
        self._clock = clock
        self._chain: Chain | None = None
        self._waiting: list[tuple[Sequence[Row], asyncio.Future[None]]] = []
        self._flushing: asyncio.Task[None] | None = None

    async def store(self, rows: Sequence[Row]) -> None:
        """Raises AuditUnavailable."""
        stored = asyncio.get_running_loop().create_future()
        self._waiting.append((rows, stored))
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush())
        await stored

    async def store_within(self, rows: Sequence[Row], session: AsyncClientSession) -> None:
        """Raises PyMongoError: the transaction is then to be given up or run again."""
        chain = Chain()
        await _store(chain.link(rows, self._key), session)
        now = self._clock()
        await _chains().insert_one(
            _registration(chain.id, ChainKind.CHANGE, now, closed_at=now, length=len(rows)), session=session
        )

    async def beat(self) -> None:
        """Tells that the chain is still written. One that was closed meanwhile is left."""
        chain = self._chain
        if chain is None:
            return
        beaten = await _chains().update_one({"_id": chain.id, "closed_at": None}, {"$set": {"seen_at": self._clock()}})
        if beaten.matched_count:
            chain.seen = time.monotonic()
        elif self._chain is chain:
            self._chain = None

    async def tell(self) -> None:
        """Says how many entries are stored, so that nobody need count them."""
        chain = self._chain
        if chain is not None and chain.stored > chain.told:
            stored = chain.stored
            await _chains().update_one({"_id": chain.id}, {"$set": {"stored": stored}})
            chain.told = stored

    async def close(self) -> None:
        """The chain is complete. Waits for what is under way."""
        if self._flushing is not None:
            await asyncio.wait([self._flushing])
        if self._chain is not None:
            await _leave(self._chain.id, self._clock())
            self._chain = None

    async def _flush(self) -> None:
        while self._waiting:
            batch = self._next_batch()
            try:
                await self._insert([row for rows, _ in batch for row in rows])
            except Exception as error:  # noqa: BLE001  # whatever it was, nobody of these is answered
                # Not its text, which may quote an entry.
                _log.error("the audit trail could not be written (%s); a new chain begins", type(error).__name__)
                self._chain = None
                for _, stored in batch:
                    if not stored.done():
                        stored.set_exception(AuditUnavailable())
            else:
                for _, stored in batch:
                    if not stored.done():  # who left does not wait
                        stored.set_result(None)

    def _next_batch(self) -> list[tuple[Sequence[Row], asyncio.Future[None]]]:
        size, count = 0, 0
        for rows, _ in self._waiting:
            size += sum(len(row["about"]) for row in rows)
            count += 1
            if size >= _LARGEST_BATCH:
                break
        batch, self._waiting = self._waiting[:count], self._waiting[count:]
        return batch

    async def _insert(self, rows: Sequence[Row]) -> None:
        chain = self._chain
        if chain is not None and time.monotonic() - chain.seen > _GOOD_FOR_SECONDS:
            chain = None  # perhaps closed: this process was held up
        if chain is None:
            chain = await self._begin()
        self._chain = chain
        await _store(chain.link(rows, self._key))
        chain.stored = chain.position

    async def _begin(self) -> Chain:
        chain = Chain()
        registration = _registration(chain.id, ChainKind.PROCESS, self._clock())
        # The process's own doing: not counted for the operation that happens to be the first.
        await asyncio.create_task(_register(registration), context=contextvars.Context())
        return chain


async def _store(entries: Sequence[Row], session: AsyncClientSession | None = None) -> None:
    """In their order. A single one, as most operations have, goes without the driver's machinery for many: a quarter less."""
    if len(entries) == 1:
        await _entries().insert_one(entries[0], session=session)
    else:
        await _entries().insert_many(entries, session=session)


async def _register(registration: Row) -> None:
    await _chains().insert_one(registration)


async def _leave(chain_id: str, now: datetime) -> None:
    try:
        await _chains().update_one({"_id": chain_id, "closed_at": None}, {"$set": {"closed_at": now}})
    except PyMongoError as error:
        _log.warning("a chain of the audit trail stays open (%s); it is closed in ten minutes", type(error).__name__)


def _registration(chain_id: str, kind: ChainKind, now: datetime, **more: Any) -> Row:
    return {"_id": chain_id, "kind": kind.value, "seen_at": now, "closed_at": None, "sealed": 0, "sealed_hash": START, **more}


def _entries() -> AsyncCollection[Row]:
    return AuditEvent.get_pymongo_collection()


def _chains() -> AsyncCollection[Row]:
    return AuditChain.get_pymongo_collection()
