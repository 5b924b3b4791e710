"""Ends the retention of what is old: whole seals, from the beginning only, so that the rest can still be verified.

A checkpoint with an HMAC says where the trail begins now. It is written before anything is deleted: whoever stops in between
leaves too much, never a gap, and the next time goes on.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from models.audit_event import AuditEvent, entry_id
from models.audit_seal import AuditCheckpoint, AuditSeal, seal_id
from resolvers.audit.hashing import CHECKPOINT, TrailKey
from resolvers.audit.log import Row
from resolvers.audit.sealer import sealed_in

_ID = "checkpoint"


async def prune(key: TrailKey, clock: Callable[[], datetime], retention: timedelta) -> int:
    """Removes what was sealed longer than ``retention`` ago. Returns how many entries."""
    await _remove_before_checkpoint(key)
    removed = 0
    seals = AuditSeal.get_pymongo_collection()
    limit = clock() - retention
    while True:
        seal = await seals.find_one({}, sort=[("_id", 1)])
        if seal is None or seal["at"] >= limit:
            return removed
        await _move_checkpoint(key, clock(), seal)
        removed += await _remove(seal)


async def _move_checkpoint(key: TrailKey, now: datetime, seal: Row) -> None:
    checkpoint: Row = {
        "_id": _ID,
        "at": now,
        "seal": int(seal["_id"]) + 1,
        "first_sequence": seal["first_sequence"] + sealed_in(seal),
        "previous": seal["hash"],
    }
    checkpoint["hash"] = key.sign(CHECKPOINT, checkpoint)
    await AuditCheckpoint.get_pymongo_collection().replace_one({"_id": _ID}, checkpoint, upsert=True)


async def _remove_before_checkpoint(key: TrailKey) -> None:
    """What an earlier run left."""
    checkpoint = await AuditCheckpoint.get_pymongo_collection().find_one({"_id": _ID})
    if checkpoint is None or not key.signed(CHECKPOINT, checkpoint):
        return
    async for seal in AuditSeal.get_pymongo_collection().find({"_id": {"$lt": seal_id(checkpoint["seal"])}}).sort("_id", 1):
        await _remove(seal)


async def _remove(seal: Row) -> int:
    removed = 0
    for made in seal["ranges"]:
        chain = made["chain"]
        within = {"$gte": entry_id(chain, made["first"]), "$lte": entry_id(chain, made["last"])}
        removed += (await AuditEvent.get_pymongo_collection().delete_many({"_id": within})).deleted_count
    await AuditSeal.get_pymongo_collection().delete_one({"_id": seal["_id"]})
    return removed
