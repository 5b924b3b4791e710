"""Whatever somebody with the database and without the key does to the trail, its verification finds, and where."""

import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from models.audit_event import CHAIN_LENGTH, AuditEvent, entry_id
from models.audit_seal import AuditChain, AuditCheckpoint, AuditSeal
from models.identity import new_id
from ohms_graphql.database import Database
from resolvers.audit.audit_trail import AuditTrail
from resolvers.audit.exporting import exported
from resolvers.audit.hashing import ENTRY, TrailKey
from tests.clinic import AUDIT_KEY, NOON, FixedClock
from tests.resolvers.audit.conftest import rows

READS, CHANGES, SEALS = 12, 3, 4


@pytest.fixture
async def written(trail: AuditTrail, database: Database, clock: FixedClock) -> list[str]:
    """The ids of all entries by sequence: two writers' chains and some changes, under several seals."""
    other = AuditTrail(AUDIT_KEY, clock, database.transaction)
    for _ in range(SEALS):
        at = clock.instant
        await trail.store(rows(READS, at))
        await other.store(rows(READS, at))
        for _ in range(CHANGES):
            await database.transaction(lambda session: trail.store_within(rows(2, clock.instant), session))
        await trail.seal()
        clock.instant += timedelta(minutes=1)
    ids = [entry["id"] async for entry in exported(TrailKey(AUDIT_KEY), None, None)]
    assert len(ids) == SEALS * (2 * READS + 2 * CHANGES)
    assert (await trail.verify()).intact
    return ids


def _events() -> Any:
    return AuditEvent.get_pymongo_collection()


def _seals() -> Any:
    return AuditSeal.get_pymongo_collection()


async def _alter(id_: str, chance: random.Random) -> None:
    field, value = chance.choice(
        [
            ("actor_id", "B" * 26),
            ("at", NOON + timedelta(days=1)),
            ("about.0.patient_id", None),
            ("about", []),
            ("fields", []),
            ("extra", 1),
            ("hash", "0"),
        ]
    )
    await _events().update_one({"_id": id_}, {"$set": {field: value}})


async def _remove(id_: str, _chance: random.Random) -> None:
    await _events().delete_one({"_id": id_})


async def _replace_by_a_copy_of_another(id_: str, _chance: random.Random) -> None:
    other = await _events().find_one({"_id": {"$ne": id_}})
    await _events().replace_one({"_id": id_}, {**other, "_id": id_})


async def _forge(id_: str, _chance: random.Random) -> None:
    """By somebody who knows how, but not the key."""
    row = await _events().find_one({"_id": id_})
    row["actor_id"] = "C" * 26
    row["hash"] = TrailKey(b"x" * 32).sign(ENTRY, row)
    await _events().replace_one({"_id": id_}, row)


@pytest.mark.parametrize("tamper", [_alter, _remove, _replace_by_a_copy_of_another, _forge])
async def test_a_touched_entry_is_found_at_its_sequence(
    trail: AuditTrail, written: list[str], tamper: Callable[[str, random.Random], Awaitable[None]]
) -> None:
    chance = random.Random()
    for sequence in chance.sample(range(len(written)), 6):
        row = await _events().find_one({"_id": written[sequence]})
        await tamper(written[sequence], chance)
        found = await trail.verify()
        assert (found.intact, found.broken_at) == (False, sequence)
        assert (await trail.verify(first=sequence + 1)).intact
        assert not (await trail.verify(first=sequence, last=sequence)).intact
        if sequence:
            assert (await trail.verify(last=sequence - 1)).intact
        await _events().replace_one({"_id": written[sequence]}, row, upsert=True)
    assert (await trail.verify()).intact


async def test_two_entries_that_changed_places_are_found_at_the_first(trail: AuditTrail, written: list[str]) -> None:
    first, second = sorted(random.sample(range(len(written)), 2))
    one, other = [await _events().find_one({"_id": written[sequence]}) for sequence in (first, second)]
    await _events().replace_one({"_id": written[first]}, {**other, "_id": written[first]})
    await _events().replace_one({"_id": written[second]}, {**one, "_id": written[second]})
    assert (await trail.verify()).broken_at == first


async def test_an_entry_slipped_in_is_found_where_it_was_put(trail: AuditTrail, written: list[str], clock: FixedClock) -> None:
    some = await _events().find_one({"_id": random.choice(written)})
    later = await _seals().find_one({}, sort=[("_id", -1)])
    beyond = await _events().find_one({"_id": max(id_ for id_ in written if id_[:CHAIN_LENGTH] == written[-1][:CHAIN_LENGTH])})
    for slipped, at, expected in [
        (entry_id(new_id(), 0), NOON, 0),  # a chain that nobody began
        ("nonsense", later["at"], later["first_sequence"]),
        (entry_id(new_id(), 0), clock.instant, len(written)),
    ]:
        await _events().insert_one({**some, "_id": slipped, "at": at})
        assert (await trail.verify()).broken_at == expected, slipped
        await _events().delete_one({"_id": slipped})
    # behind the end of a change, which was complete
    going_on = await AuditChain.get_pymongo_collection().distinct("_id")
    change = next(id_ for id_ in reversed(written) if id_[:CHAIN_LENGTH] not in going_on)
    after = entry_id(change[:CHAIN_LENGTH], 2)
    await _events().insert_one({**beyond, "_id": after})
    assert (await trail.verify()).broken_at == written.index(entry_id(change[:CHAIN_LENGTH], 1)) + 1


@pytest.mark.parametrize("number", range(SEALS))
async def test_a_touched_seal_is_found_at_its_first_sequence(trail: AuditTrail, written: list[str], number: int) -> None:
    seals = _seals()
    all_seals = await seals.find().sort("_id", 1).to_list()
    seal, first = all_seals[number], all_seals[number]["first_sequence"]
    await seals.update_one({"_id": seal["_id"]}, {"$set": {"ranges.0.hash": "0"}})
    assert (await trail.verify()).broken_at == first
    await seals.delete_one({"_id": seal["_id"]})
    assert (await trail.verify()).broken_at == first
    await seals.insert_one(seal)
    assert (await trail.verify()).intact


async def test_an_end_that_was_cut_off_is_found_with_an_anchor(trail: AuditTrail, written: list[str]) -> None:
    head = await trail.head()
    assert head is not None
    assert head.sequence == len(written) - 1
    assert (await trail.verify(anchor=head)).intact
    seals = _seals()
    last = await seals.find_one({}, sort=[("_id", -1)])
    cut = written[last["first_sequence"] :]
    await _events().delete_many({"_id": {"$in": cut}})
    await seals.delete_one({"_id": last["_id"]})
    await AuditChain.get_pymongo_collection().delete_many({})
    assert (await trail.verify()).intact  # nothing in the database tells of it
    assert (await trail.verify(anchor=head)).broken_at == last["first_sequence"]
    await trail.store(rows(len(cut) + 5))
    assert not (await trail.verify(anchor=head)).intact


async def test_an_entry_removed_before_it_was_sealed_leaves_a_gap_with_a_sequence(trail: AuditTrail, written: list[str]) -> None:
    await trail.store(rows(5))
    newest = await _events().find({"_id": {"$nin": written}}).sort("_id", 1).to_list()
    await _events().delete_one({"_id": newest[2]["_id"]})
    assert (await trail.verify()).broken_at == len(written) + 2


async def test_what_was_pruned_does_not_break_the_rest(trail: AuditTrail, written: list[str], clock: FixedClock) -> None:
    second = await _seals().find_one({"_id": "000000000001"})
    kept_from = second["first_sequence"]
    taken = await _events().find_one({"_id": written[0]})
    clock.instant = NOON + timedelta(days=10, seconds=30)
    assert await trail.prune(timedelta(days=10)) == kept_from
    found = await trail.verify()
    assert (found.intact, found.checked) == (True, len(written) - kept_from)
    assert await trail.prune(timedelta(days=10)) == 0
    await trail.store(rows(3))
    assert (await trail.verify()).intact
    await _events().insert_one(taken)  # put back
    assert not (await trail.verify()).intact
    await _events().delete_one({"_id": taken["_id"]})
    await AuditCheckpoint.get_pymongo_collection().update_one({}, {"$set": {"seal": 2}})
    assert (await trail.verify()).broken_at == 0
