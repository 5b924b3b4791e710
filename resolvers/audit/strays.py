"""Entries that no seal holds and that no chain is about to have sealed: somebody slipped them in between."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from models.audit_event import CHAIN_LENGTH, AuditEvent
from models.audit_seal import AuditChain, AuditSeal
from resolvers.audit.log import Row
from resolvers.audit.sealer import next_seal

_CHAINS_AT_ONCE = 500
_WELL_FORMED = rf"^[0-9A-Z]{{{CHAIN_LENGTH}}}[0-9]{{10}}$"


async def first_stray() -> int | None:
    """The sequence before which the first of them stands, or None. MongoDB groups the ids by chain.

    What a seal holds is compared entry by entry elsewhere; so whatever stands in a chain within its sealed positions is right.
    """
    found = [await _misnamed()]
    batch: list[Row] = []
    async with await AuditEvent.get_pymongo_collection().aggregate(_EXTENTS, allowDiskUse=True, hint="_id_") as cursor:
        async for extent in cursor:
            batch.append(extent)
            if len(batch) == _CHAINS_AT_ONCE:
                found.append(await _strays_of(batch))
                batch = []
    if batch:
        found.append(await _strays_of(batch))
    return min((sequence for sequence in found if sequence is not None), default=None)


_EXTENTS: Sequence[dict[str, Any]] = [
    {"$match": {"_id": {"$regex": _WELL_FORMED}}},
    {"$group": {"_id": {"$substrBytes": ["$_id", 0, CHAIN_LENGTH]}, "low": {"$min": "$_id"}, "high": {"$max": "$_id"}}},
]


async def _misnamed() -> int | None:
    """An id that no chain gives."""
    row = await AuditEvent.get_pymongo_collection().find_one({"_id": {"$not": {"$regex": _WELL_FORMED}}}, {"at": 1}, hint="_id_")
    return None if row is None else await _sequence_at(row.get("at"))


async def _strays_of(extents: Sequence[Row]) -> int | None:
    ids = [extent["_id"] for extent in extents]
    # In this order: a chain that is not among the open ones any more was wholly sealed before.
    registered = await AuditChain.get_pymongo_collection().find({"_id": {"$in": ids}}, {"sealed": 1}).to_list()
    open_chains = {chain["_id"]: chain["sealed"] for chain in registered}
    sealed = await _sealed(ids)
    strays: list[int] = []
    for extent in extents:
        chain = extent["_id"]
        low, high = (int(extent[end][CHAIN_LENGTH:]) for end in ("low", "high"))
        held = sealed.get(chain)
        if open_chains.get(chain, 0) > (held["last"] + 1 if held else 0):
            strays.append(await _head())  # the seals that held it were cut off
        elif held is None:
            if chain not in open_chains:
                strays.append(await _sequence_of_unknown(extent["low"]))
        elif "jump" in held or low < held["first"]:
            strays.append(held["jump"] if "jump" in held else held["first_sequence"])
        elif high > held["last"] and chain not in open_chains:
            strays.append(held["last_sequence"] + 1)
    return min(strays, default=None)


async def _sealed(ids: Sequence[str]) -> dict[str, Row]:
    """What seals hold of some chains: positions and sequences of the first and the last, and any `jump` between."""
    stages: Sequence[dict[str, Any]] = [
        {"$match": {"ranges.chain": {"$in": ids}}},
        {"$sort": {"_id": 1}},
        {"$project": {"first_sequence": 1, "ranges": 1}},
    ]
    held: dict[str, Row] = {}
    wanted = set(ids)
    async with await AuditSeal.get_pymongo_collection().aggregate(stages) as cursor:
        async for seal in cursor:
            sequence = seal["first_sequence"]
            for made in seal["ranges"]:
                length = made["last"] - made["first"] + 1
                if made["chain"] in wanted:
                    _widen(held, made, sequence, length)
                sequence += length
    return held


def _widen(held: dict[str, Row], made: Row, sequence: int, length: int) -> None:
    known = held.get(made["chain"])
    if known is None:
        known = held[made["chain"]] = {"first": made["first"], "first_sequence": sequence}
    elif made["first"] != known["last"] + 1:
        known.setdefault("jump", sequence)
    known |= {"last": made["last"], "last_sequence": sequence + length - 1}


async def _sequence_of_unknown(entry: str) -> int:
    row = await AuditEvent.get_pymongo_collection().find_one({"_id": entry}, {"at": 1})
    return await _sequence_at(None if row is None else row.get("at"))


async def _sequence_at(at: object) -> int:
    """Where an entry of that time would have come: before what was sealed after it."""
    if isinstance(at, datetime):
        seal = await AuditSeal.get_pymongo_collection().find_one({"at": {"$gte": at}}, sort=[("at", 1)])
        if seal is not None:
            return int(seal["first_sequence"])
    return await _head()


async def _head() -> int:
    _, head, _ = await next_seal()
    return head
