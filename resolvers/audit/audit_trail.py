"""The audit trail of a deployment, on MongoDB: what ``ports.audit`` is."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from pymongo.errors import PyMongoError

from resolvers.audit.exporting import exported
from resolvers.audit.hashing import TrailKey
from resolvers.audit.log import Anchor, Row, Verification
from resolvers.audit.pruning import prune
from resolvers.audit.refusal_limit import RefusalLimit
from resolvers.audit.sealer import Sealer, next_seal
from resolvers.audit.verifying import Progress, Verifier
from resolvers.audit.writer import HEARTBEAT_SECONDS, AuditWriter
from resolvers.ports import Session, Transactor

_log = logging.getLogger(__name__)

_SEAL_EVERY_SECONDS = 1.0


class AuditTrail:
    """``key`` is the deployment's for this purpose, the same in all processes; the database never holds it."""

    def __init__(self, key: bytes, clock: Callable[[], datetime], transaction: Transactor) -> None:
        self._key = TrailKey(key)
        self._clock = clock
        self._writer = AuditWriter(self._key, clock)
        self._sealer = Sealer(self._key, clock, transaction)
        self._refusals = RefusalLimit()
        self.pseudonym = self._key.pseudonym
        self.admit_refusal = self._refusals.admit

    async def store(self, rows: Sequence[Row]) -> None:
        await self._writer.store(rows)

    async def store_within(self, rows: Sequence[Row], session: Session) -> None:
        await self._writer.store_within(rows, session)

    async def seal(self) -> None:
        await self._sealer.seal()

    async def verify(
        self,
        first: int | None = None,
        last: int | None = None,
        *,
        anchor: Anchor | None = None,
        progress: Progress | None = None,
    ) -> Verification:
        await self.seal()
        return await Verifier(self._key, anchor, progress).verify(first, last)

    async def head(self) -> Anchor | None:
        """What to keep elsewhere, so that a cut-off end is found; None while nothing is sealed."""
        await self.seal()
        _, sequence, previous = await next_seal()
        return Anchor(sequence - 1, previous) if sequence else None

    def export(self, since: datetime | None, until: datetime | None) -> AsyncIterator[Row]:
        return exported(self._key, since, until)

    async def prune(self, retention: timedelta) -> int:
        await self.seal()
        return await prune(self._key, self._clock, retention)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Seals every second and keeps this process's chain alive inside the block; closes the chain after."""
        stopping = asyncio.Event()
        task = asyncio.create_task(self._run(stopping))
        try:
            yield
        finally:
            stopping.set()  # not cancelled: that would leave the driver in the middle of a transaction
            await task
            await self._writer.close()

    async def _run(self, stopping: asyncio.Event) -> None:
        rounds = 0
        while True:
            try:
                await asyncio.wait_for(stopping.wait(), _SEAL_EVERY_SECONDS)
            except TimeoutError:
                rounds += 1
            else:
                return
            try:
                await self._writer.tell()
                await self.seal()
                if rounds % HEARTBEAT_SECONDS == 0:
                    await self._writer.beat()
            except PyMongoError as error:
                _log.warning("the audit trail could not be sealed (%s); it is tried again", type(error).__name__)
