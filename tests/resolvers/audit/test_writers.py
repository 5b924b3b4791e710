"""Several writers at once, broken-off ones, and what the sealer makes of them."""

import asyncio
import sys
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import AutoReconnect

from models.audit_event import CHAIN_LENGTH, AuditEvent, entry_id
from models.audit_seal import AuditChain, AuditSeal
from ohms_graphql.database import Database
from resolvers.audit.audit_trail import AuditTrail
from resolvers.audit.log import AuditUnavailable
from resolvers.audit.writer import AuditWriter
from tests.clinic import AUDIT_KEY, FixedClock
from tests.resolvers.audit.conftest import rows
from tests.sent_commands import count_commands

PROCESSES, OPERATIONS, ROWS = 3, 40, 3

WRITER = f"""
import asyncio, sys
from models.base import now
from ohms_graphql.database import open_database
from resolvers.audit.audit_trail import AuditTrail
from tests.resolvers.audit.conftest import rows

async def main(url, name, process):
    async with open_database(url, name, build_indexes=False) as database:
        trail = AuditTrail({AUDIT_KEY!r}, now, database.transaction)
        async with trail.running():
            async def operation(number):
                made = rows({ROWS}, now(), request_id=f"{{process}}-{{number}}")
                if number % 4:
                    await trail.store(made)
                else:
                    await database.transaction(lambda session: trail.store_within(made, session))
                await trail.seal()
            await asyncio.gather(*(operation(number) for number in range({OPERATIONS})))

asyncio.run(main(*sys.argv[1:]))
"""


async def test_processes_that_write_and_seal_at_once_lose_and_mix_nothing(
    trail: AuditTrail, mongodb_url: str, database_name: str
) -> None:
    command = [sys.executable, "-c", WRITER, mongodb_url, database_name]
    processes = [await asyncio.create_subprocess_exec(*command, str(number)) for number in range(PROCESSES)]
    try:
        async with asyncio.timeout(60):
            assert [await process.wait() for process in processes] == [0] * PROCESSES
    finally:
        for process in processes:
            if process.returncode is None:
                process.kill()
    found = await trail.verify()
    assert (found.intact, found.checked) == (True, PROCESSES * OPERATIONS * ROWS)
    exported = [entry async for entry in trail.export(None, None)]
    assert [entry["sequence"] for entry in exported] == list(range(len(exported)))
    by_request = Counter(entry["request_id"] for entry in exported)
    assert set(by_request.values()) == {ROWS}
    assert len(by_request) == PROCESSES * OPERATIONS


async def test_operations_that_end_together_share_an_insert(trail: AuditTrail) -> None:
    await trail.store(rows(1))
    with count_commands() as counter:
        await asyncio.gather(*(trail.store(rows(2)) for _ in range(50)))
    assert counter.by_name["insert"] <= 2
    assert (await trail.verify()).checked == 101


@pytest.mark.parametrize("stored", [True, False])
async def test_an_insert_of_unknown_outcome_answers_nobody_and_begins_another_chain(
    trail: AuditTrail, monkeypatch: pytest.MonkeyPatch, stored: bool
) -> None:
    await trail.store(rows(2))
    insert_many = AsyncCollection.insert_many

    async def broken(self: Any, *arguments: Any, **options: Any) -> Any:
        if stored:
            await insert_many(self, *arguments, **options)
        raise AutoReconnect("gone")

    with monkeypatch.context() as patched:
        patched.setattr(AsyncCollection, "insert_many", broken)
        with pytest.raises(AuditUnavailable):
            await trail.store(rows(3))
    await trail.store(rows(4))
    found = await trail.verify()
    assert (found.intact, found.checked) == (True, 9 if stored else 6)
    chains = {row["_id"][:CHAIN_LENGTH] async for row in AuditEvent.get_pymongo_collection().find()}
    assert len(chains) == 2


async def test_a_writer_that_fell_silent_is_closed_and_begins_another_chain(
    trail: AuditTrail, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await trail.store(rows(2))
    await trail.seal()
    clock.instant += timedelta(minutes=11)
    await trail.seal()
    (chain,) = await AuditChain.find().to_list()
    assert chain.closed_at == clock.instant
    await trail._writer.beat()
    await trail.store(rows(1))
    assert (await trail.verify()).checked == 3
    assert await AuditChain.find().count() == 2
    clock.instant += timedelta(minutes=11)
    await trail._writer.beat()
    await trail.seal()
    assert await AuditChain.find().count() == 1  # the first is wholly sealed, and forgotten
    assert (await trail.verify()).intact


@pytest.mark.parametrize("later", [0, 3])
async def test_what_a_writer_knew_to_be_stored_is_not_counted_again(trail: AuditTrail, later: int) -> None:
    await trail.store(rows(40))
    await trail._writer.tell()
    if later:
        await trail.store(rows(later))
    with count_commands() as counter:
        await trail.seal()
    assert counter.by_name["aggregate"] == bool(later), "only what came since"
    (seal,) = await AuditSeal.find().to_list()
    assert [(made.first, made.last, made.missing) for made in seal.ranges] == [(0, 39 + later, [])]
    found = await trail.verify()
    assert (found.intact, found.checked) == (True, 40 + later)


@pytest.mark.parametrize("gone", [[7], [39], [38, 39], [41], [42], list(range(43)), [0]])
@pytest.mark.parametrize("told", [True, False])
async def test_entries_that_go_before_they_are_sealed_are_missed(trail: AuditTrail, gone: list[int], told: bool) -> None:
    await trail.store(rows(40))
    if told:
        await trail._writer.tell()
    await trail.store(rows(3))
    chain = trail._writer._chain
    assert chain is not None
    await AuditEvent.get_pymongo_collection().delete_many({"_id": {"$in": [entry_id(chain.id, place) for place in gone]}})
    await trail.seal()
    await trail.store(rows(2))
    found = await trail.verify()
    assert (found.intact, found.broken_at) == (False, gone[0])


async def test_what_a_writer_has_told_of_more_than_there_is_is_not_believed(trail: AuditTrail) -> None:
    await trail.store(rows(5))
    await AuditChain.get_pymongo_collection().update_one({}, {"$set": {"stored": 9}})
    await trail.seal()
    (seal,) = await AuditSeal.find().to_list()
    assert [(made.first, made.last, made.missing) for made in seal.ranges] == [(0, 4, [])]
    assert (await trail.verify()).intact


async def test_a_process_that_ends_closes_its_chain(database: Database, clock: FixedClock) -> None:
    trail = AuditTrail(AUDIT_KEY, clock, database.transaction)
    async with trail.running():
        await trail.store(rows(1))
    (chain,) = await AuditChain.find().to_list()
    assert chain.closed_at is not None


async def test_a_transaction_that_is_rolled_back_leaves_no_entry(trail: AuditTrail, database: Database) -> None:
    async def work(session: Any) -> None:
        await trail.store_within(rows(2), session)
        raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        await database.transaction(work)
    assert (await trail.verify()).checked == 0
    assert await AuditChain.find().count() == 0


async def test_a_caller_who_leaves_takes_nobody_along(trail: AuditTrail, monkeypatch: pytest.MonkeyPatch) -> None:
    insert = AuditWriter._insert
    begun = asyncio.Event()

    async def slow(self: AuditWriter, entries: Any) -> None:
        begun.set()
        await asyncio.sleep(0.05)
        await insert(self, entries)

    monkeypatch.setattr(AuditWriter, "_insert", slow)
    leaving = asyncio.create_task(trail.store(rows(1)))
    await begun.wait()
    staying = asyncio.create_task(trail.store(rows(1)))
    leaving.cancel()
    await staying
    assert (await trail.verify()).checked == 2


async def test_sealers_at_once_make_no_seal_twice(trail: AuditTrail, database: Database, clock: FixedClock) -> None:
    await trail.store(rows(20))
    others = [AuditTrail(AUDIT_KEY, clock, database.transaction) for _ in range(5)]
    await asyncio.gather(*(other.seal() for other in others))
    assert await AuditSeal.find().count() == 1
    assert (await trail.verify()).checked == 20


async def test_an_export_is_limited_by_time_and_in_order(trail: AuditTrail, clock: FixedClock) -> None:
    days = [clock.instant + timedelta(days=number) for number in range(3)]
    for day in days:
        clock.instant = day
        await trail.store(rows(2, day))
        await trail.seal()
    got = [entry["sequence"] async for entry in trail.export(days[1], days[2])]
    assert got == [2, 3]
    assert [entry async for entry in trail.export(days[2] + timedelta(days=1), None)] == []
