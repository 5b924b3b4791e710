"""Seals: what the chains hold so far gets its place in the one trail, so that nothing can slip in between them later.

Any process may seal, any number at once: the seal's number is unique, and a seal, what it says of the chains and their reading
are one transaction. Whoever comes too late finds nothing left to do.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pymongo.errors import DuplicateKeyError

from models.audit_event import CHAIN_LENGTH, AuditEvent, entry_id
from models.audit_seal import AuditChain, AuditCheckpoint, AuditSeal, ChainKind, seal_id
from resolvers.audit.hashing import SEAL, START, TrailKey
from resolvers.audit.log import Row
from resolvers.ports import Session, Transactor

SILENT_FOR = timedelta(minutes=10)
"""Without a heartbeat for so long, a process is taken for gone."""

_CHAINS_AT_ONCE = 200
_ENTRIES_AT_ONCE = 10_000
_BATCH = 100_000
"""More than is ever asked for: all in one answer."""


class Sealer:
    def __init__(self, key: TrailKey, clock: Callable[[], datetime], transaction: Transactor) -> None:
        self._key = key
        self._clock = clock
        self._transaction = transaction

    async def seal(self) -> None:
        """Seals all that is stored by now. What comes meanwhile is for the next time: on a busy day there is always something."""
        after = ""
        while chains := await _open_chains(after):
            ids = [chain["_id"] for chain in chains]
            while await self._seal(ids):
                pass
            after = ids[-1]

    async def _seal(self, ids: Sequence[str]) -> bool:
        """Whether some of what was stored is left."""

        async def work(session: Session) -> bool:
            chains = await _registered(ids, session)
            whole = {chain["_id"]: made for chain in chains if (made := await _unbroken(chain, session))}
            found, cut = await _unsealed([chain for chain in chains if chain["_id"] not in whole], session)
            ranges = [
                made
                for chain in chains
                if (made := whole.get(chain["_id"]) or _range(chain, found.get(chain["_id"], []), cut=cut))
            ]
            if ranges:
                await self._write(ranges, session)
            await self._tidy(chains, {made["chain"]: made for made in ranges}, session)
            return cut

        try:
            return await self._transaction(work)
        except DuplicateKeyError:
            return True  # another was faster: look again

    async def _write(self, ranges: list[Row], session: Session) -> None:
        number, first_sequence, previous = await next_seal(session)
        seal: Row = {
            "_id": seal_id(number),
            "at": self._clock(),
            "first_sequence": first_sequence,
            "ranges": ranges,
            "previous": previous,
        }
        await AuditSeal.get_pymongo_collection().insert_one({**seal, "hash": self._key.sign(SEAL, seal)}, session=session)

    async def _tidy(self, chains: Sequence[Row], ranges: Mapping[str, Row], session: Session) -> None:
        """Keeps of the chains what the next seal goes on from; forgets those that are wholly sealed."""
        collection = AuditChain.get_pymongo_collection()
        now = self._clock()
        for chain in chains:
            made = ranges.get(chain["_id"])
            if chain["kind"] == ChainKind.CHANGE:
                if made is not None:
                    await collection.delete_one({"_id": chain["_id"]}, session=session)
            elif made is not None:
                sealed = {"sealed": made["last"] + 1, "sealed_hash": made["hash"]}
                await collection.update_one({"_id": chain["_id"]}, {"$set": sealed}, session=session)
            elif chain["closed_at"] is None:
                silent = {"_id": chain["_id"], "closed_at": None, "seen_at": {"$lt": now - SILENT_FOR}}
                if chain["seen_at"] < now - SILENT_FOR:
                    await collection.update_one(silent, {"$set": {"closed_at": now}}, session=session)
            elif chain["closed_at"] < now - SILENT_FOR:  # an insert that was given up for lost may still have come
                await collection.delete_one({"_id": chain["_id"]}, session=session)


async def next_seal(session: Session | None = None) -> tuple[int, int, str]:
    """Number, first sequence and previous hash of the seal that comes next."""
    last = await AuditSeal.get_pymongo_collection().find_one({}, sort=[("_id", -1)], session=session)
    if last is not None:
        return int(last["_id"]) + 1, last["first_sequence"] + sealed_in(last), last["hash"]
    checkpoint = await AuditCheckpoint.get_pymongo_collection().find_one({}, session=session)
    if checkpoint is not None:
        return checkpoint["seal"], checkpoint["first_sequence"], checkpoint["previous"]
    return 0, 0, START


def sealed_in(seal: Mapping[str, Any]) -> int:
    """How many sequences a seal gives."""
    return sum(made["last"] - made["first"] + 1 for made in seal["ranges"])


async def _open_chains(after: str) -> list[Row]:
    collection = AuditChain.get_pymongo_collection()
    return await collection.find({"_id": {"$gt": after}}, {"_id": 1}).sort("_id", 1).limit(_CHAINS_AT_ONCE).to_list()


async def _registered(ids: Sequence[str], session: Session) -> list[Row]:
    found = AuditChain.get_pymongo_collection().find({"_id": {"$in": list(ids)}}, session=session, batch_size=_BATCH)
    return await found.sort("_id", 1).to_list()


async def _unbroken(chain: Row, session: Session) -> Row | None:
    """What a process has written since, if nothing is missing in it: as good as always, and found out without reading it all.

    What its writer knew to be stored is not even counted: entries that have gone since are found by whoever verifies.
    """
    if chain["kind"] == ChainKind.CHANGE:
        return None
    entries = AuditEvent.get_pymongo_collection()
    last = await entries.find_one(_behind(chain), {"hash": 1}, sort=[("_id", -1)], session=session)
    if last is None or not last["_id"][CHAIN_LENGTH:].isdecimal():
        return None
    position = int(last["_id"][CHAIN_LENGTH:])
    known = max(chain["sealed"], chain.get("stored", 0))
    if position < known - 1:
        return None
    unknown = position - known + 1
    if unknown and await entries.count_documents(_behind(chain, known), session=session) != unknown:
        return None
    return _sealed(chain, position, str(last.get("hash")), [])


def _behind(chain: Row, first: int | None = None) -> Row:
    """Entries from the first that no seal holds, or from ``first`` on."""
    chain_id: str = chain["_id"]
    return {"_id": {"$gte": entry_id(chain_id, first or chain["sealed"]), "$lte": entry_id(chain_id, 9_999_999_999)}}


async def _unsealed(chains: Sequence[Row], session: Session) -> tuple[dict[str, list[Row]], bool]:
    """The entries behind what is sealed, by chain and in order; and whether there may be more of the last of these chains on."""
    if not chains:
        return {}, False
    behind = [_behind(chain) for chain in chains]
    cursor = AuditEvent.get_pymongo_collection().find({"$or": behind}, {"hash": 1}, session=session, batch_size=_BATCH)
    rows = await cursor.sort("_id", 1).limit(_ENTRIES_AT_ONCE).to_list()
    found: dict[str, list[Row]] = {}
    for row in rows:
        if row["_id"][CHAIN_LENGTH:].isdecimal():
            found.setdefault(row["_id"][:CHAIN_LENGTH], []).append(row)
    return found, len(rows) == _ENTRIES_AT_ONCE


def _range(chain: Row, rows: Sequence[Row], *, cut: bool) -> Row | None:
    first: int = chain["sealed"]
    found = {int(row["_id"][CHAIN_LENGTH:]): str(row.get("hash")) for row in rows}
    last = max(found, default=first - 1)
    if chain["kind"] == ChainKind.CHANGE:
        if cut and last < chain["length"] - 1:
            return None  # the rest is behind the limit: next time
        last = max(last, chain["length"] - 1)
    if last < first:
        return None
    missing = [position for position in range(first, last + 1) if position not in found]
    return _sealed(chain, last, found.get(last, START), missing)


def _sealed(chain: Row, last: int, last_hash: str, missing: list[int]) -> Row:
    return {
        "chain": chain["_id"],
        "first": chain["sealed"],
        "last": last,
        "previous": chain["sealed_hash"],
        "hash": last_hash,
        "missing": missing,
    }
