"""An open subscription keeps somebody in the visit, and its end is their exit."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from pymongo import ReturnDocument
from pymongo.errors import PyMongoError

from models.identity import new_id
from models.visit_entry import VisitEntry
from resolvers.audit.log import AuditUnavailable
from resolvers.context import RequestContext
from resolvers.ports import Session
from resolvers.transactions import transact
from resolvers.video.exits import end_entry

_log = logging.getLogger(__name__)

LEASE = timedelta(seconds=45)
"""Whose process has died is out of the visit after this."""

BEAT_SECONDS = 15.0
"""How often the lease is prolonged: twice may fail."""

_ENDING: set[asyncio.Task[None]] = set()
"""Exits under way: the loop itself keeps no tasks alive."""


class Presence:
    """What one subscription holds open: the caller's entry, once they have joined."""

    def __init__(self, context: RequestContext, appointment_id: str) -> None:
        self._context = context
        self._place = {"appointment_id": appointment_id, "account_id": context.principal.account_id, "left_at": None}
        self._follower = new_id()
        self._held: tuple[str, int] | None = None
        """The entry, and how often it had been joined when it was last looked at."""

    async def beat(self) -> VisitEntry | None:
        """Prolongs the lease. The caller's entry; None while they are not in. A heartbeat: nothing that the audit trail keeps."""
        instant = self._context.ports.clock()
        row: Any = await VisitEntry.get_pymongo_collection().find_one_and_update(
            {**self._place, "lease_until": {"$gt": instant}},
            {"$addToSet": {"followers": self._follower}, "$max": {"lease_until": instant + LEASE}},
            return_document=ReturnDocument.AFTER,
        )
        entry = None if row is None else VisitEntry.model_validate(row)
        self._held = (entry.id, entry.joins) if entry else None
        return entry

    async def end(self) -> None:
        """Records the exit, unless another subscription holds the entry too, or it was joined again since."""
        if self._held is None:
            return
        entry_id, joins = self._held

        async def work(session: Session) -> None:
            row: Any = await VisitEntry.get_pymongo_collection().find_one_and_update(
                {"_id": entry_id, "left_at": None},
                {"$pull": {"followers": self._follower}},
                return_document=ReturnDocument.AFTER,
                session=session,
            )
            if row is not None and not row["followers"] and row["joins"] == joins:
                await end_entry(self._context, session, {"_id": entry_id})

        await transact(self._context, work)


@asynccontextmanager
async def presence(context: RequestContext, appointment_id: str) -> AsyncIterator[Presence]:
    """Inside the block the caller, if they have joined, stays in the visit."""
    held = Presence(context, appointment_id)
    try:
        yield held
    finally:
        # A task of its own: a subscription ends by being cancelled, and a socket's end must not cut the exit short.
        task = asyncio.create_task(_ended(held))
        _ENDING.add(task)
        task.add_done_callback(_ENDING.discard)
        await asyncio.shield(task)


async def _ended(held: Presence) -> None:
    try:
        await held.end()
    except (PyMongoError, AuditUnavailable) as error:
        _log.warning("an exit from a visit was not recorded (%s); it ends with its lease", type(error).__name__)
