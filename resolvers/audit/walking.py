"""Walks the trail from seal to seal in constant memory: what should stand at each sequence, and what does."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from models.audit_event import AuditEvent, entry_id
from models.audit_seal import AuditCheckpoint, AuditSeal, seal_id
from resolvers.audit.hashing import CHECKPOINT, SEAL, START, TrailKey
from resolvers.audit.log import Row
from resolvers.audit.sealer import sealed_in

_ENTRIES_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry should stand. ``previous`` is known for the first of a range, ``hash`` for the last of it."""

    sequence: int
    entry_id: str
    missing: bool
    previous: str | None
    hash: str | None


@dataclass(frozen=True, slots=True)
class Break:
    """A seal is not what it was, or not there."""

    sequence: int


@dataclass(frozen=True, slots=True)
class SealPassed:
    """``last`` is the sequence of the seal's last entry."""

    last: int
    hash: str


Step = Place | Break | SealPassed


async def walk(key: TrailKey, first: int = 0) -> AsyncIterator[Step]:
    """From the seal that holds ``first`` to the end, or to the first seal that is broken."""
    number, sequence, previous = await _start(key, first)
    cursor = AuditSeal.get_pymongo_collection().find({"_id": {"$gte": seal_id(number)}}, batch_size=100).sort("_id", 1)
    async with cursor:
        async for seal in cursor:
            if not _follows(key, seal, number, sequence, previous):
                yield Break(sequence)
                return
            for made in seal["ranges"]:
                for place in _places(made, sequence):
                    yield place
                sequence += made["last"] - made["first"] + 1
            number, previous = number + 1, seal["hash"]
            yield SealPassed(sequence - 1, previous)


async def _start(key: TrailKey, first: int) -> tuple[int, int, str | None]:
    """Number and first sequence of the seal to begin with, and the hash before it (None: not known)."""
    begin = await trail_begin(key)
    if first <= begin[1]:
        return begin
    seals = AuditSeal.get_pymongo_collection()
    holder = await seals.find_one({"first_sequence": {"$lte": first}}, sort=[("first_sequence", -1)])
    if holder is None or not str(holder["_id"]).isdecimal() or not key.signed(SEAL, holder):
        return begin  # the walk from the beginning meets what is wrong with it
    return int(holder["_id"]), holder["first_sequence"], None


async def trail_begin(key: TrailKey) -> tuple[int, int, str]:
    """Number, sequence and previous hash of the first seal that is kept. A checkpoint that is not ours counts for nothing."""
    checkpoint = await AuditCheckpoint.get_pymongo_collection().find_one({})
    if checkpoint is None or not key.signed(CHECKPOINT, checkpoint):
        return 0, 0, START
    return checkpoint["seal"], checkpoint["first_sequence"], checkpoint["previous"]


def _follows(key: TrailKey, seal: Mapping[str, Any], number: int, sequence: int, previous: str | None) -> bool:
    return (
        key.signed(SEAL, seal)
        and seal["_id"] == seal_id(number)
        and seal["first_sequence"] == sequence
        and (previous is None or seal["previous"] == previous)
        and sealed_in(seal) > 0
    )


def _places(made: Mapping[str, Any], sequence: int) -> list[Place]:
    chain, first, last = made["chain"], made["first"], made["last"]
    missing = frozenset(made["missing"])
    return [
        Place(
            sequence=sequence + position - first,
            entry_id=entry_id(chain, position),
            missing=position in missing,
            previous=made["previous"] if position == first else None,
            hash=made["hash"] if position == last else None,
        )
        for position in range(first, last + 1)
    ]


async def with_entries(steps: AsyncIterator[Step]) -> AsyncIterator[tuple[Step, Row | None]]:
    """Each step, and for a place the entry that stands there, a thousand at a time."""
    waiting: list[Step] = []
    places = 0
    async for step in steps:
        waiting.append(step)
        places += isinstance(step, Place)
        if places == _ENTRIES_AT_ONCE:
            for pair in await _fetched(waiting):
                yield pair
            waiting, places = [], 0
    for pair in await _fetched(waiting):
        yield pair


async def _fetched(steps: list[Step]) -> list[tuple[Step, Row | None]]:
    ids = [step.entry_id for step in steps if isinstance(step, Place)]
    cursor = AuditEvent.get_pymongo_collection().find({"_id": {"$in": ids}}, batch_size=_ENTRIES_AT_ONCE + 1)
    found = {row["_id"]: row for row in await cursor.to_list()} if ids else {}
    return [(step, found.get(step.entry_id) if isinstance(step, Place) else None) for step in steps]
