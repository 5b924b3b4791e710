"""The trail for others to keep: entry by entry, in the order of its sequence, in constant memory."""

from collections.abc import AsyncIterator
from datetime import datetime

from models.audit_seal import AuditSeal
from resolvers.audit.hashing import TrailKey
from resolvers.audit.log import Row
from resolvers.audit.walking import Place, walk, with_entries


async def exported(key: TrailKey, since: datetime | None, until: datetime | None) -> AsyncIterator[Row]:
    """The entries with ``since <= at < until``, each with its ``sequence`` and its ``id``."""
    first = 0
    if since is not None:
        seal = await AuditSeal.get_pymongo_collection().find_one({"at": {"$gte": since}}, sort=[("at", 1)])
        if seal is None:
            return
        first = seal["first_sequence"]
    async for step, row in with_entries(walk(key, first)):
        if not isinstance(step, Place) or row is None or step.sequence < first:
            continue
        at = row.get("at")
        if isinstance(at, datetime) and ((since and at < since) or (until and at >= until)):
            continue
        yield {"sequence": step.sequence, "id": row.pop("_id"), **row}
