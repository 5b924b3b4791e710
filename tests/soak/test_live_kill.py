"""Sockets are cut and servers killed while visits are booked: what each subscriber was told gives exactly the database.

An event carries its visit as it is when the event is delivered, since all fields are read at that moment. A fold may therefore
know of a later change for a moment before that change's own event comes; in the end it is exactly the database. Events themselves
(kind, previous start, which visit) are compared one by one: each told once, in order, to nobody else, and none left out but those
that a ScheduleReset stands for. Visits do not move between providers.

Small here; `make soak` runs it at full size (OHMS_SOAK=1).
"""

import asyncio
import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.database import Database
from pymongo.errors import OperationFailure

from ohms_graphql.database import open_database
from ohms_graphql.settings import Settings, load_settings
from schema.node import read_global_id
from tests.ohms_graphql.test_live_schedule import written_elsewhere
from tests.signing_key import plant_signing_key
from tests.soak.booking_load import Http
from tests.soak.live_siege import CUT, OF_TWENTY, Crowd, Siege
from tests.soak.live_subscriber import Subscriber
from tests.soak.live_truth import Truth, check_fold, check_heard, has_caught_up, told_count
from tests.soak.server_processes import Servers, until

FULL = os.environ.get("OHMS_SOAK") == "1"
STRIKES = 300 if FULL else 20
SERVERS = 3 if FULL else 2
_ANSWERS_BETWEEN_STRIKES = 5
_SECONDS_BETWEEN_STRIKES = 2.0  # at most; a little more, so that a strike falls anywhere between two answers
_PATIENCE = 60.0

pytestmark = pytest.mark.timeout(3600 if FULL else 240)


async def _write_elsewhere(database: Database[dict[str, Any]], provider_id: str, count: int, **fields: Any) -> None:
    while True:
        try:
            await asyncio.to_thread(written_elsewhere, database, provider_id, count, **fields)
        except OperationFailure as error:
            if not error.has_error_label("TransientTransactionError"):
                raise
            await asyncio.sleep(0.05)
        else:
            return


@contextmanager
def _left_transactions_end(client: MongoClient[dict[str, Any]], seconds: int) -> Iterator[None]:
    """A killed process leaves its transaction open, with what it has locked, until MongoDB ends it: after a minute to one and a
    half, where nobody says otherwise. That is longer than this test takes.
    """
    name = "transactionLifetimeLimitSeconds"
    before = client.admin.command({"getParameter": 1, name: 1})[name]
    client.admin.command({"setParameter": 1, name: seconds})
    try:
        yield
    finally:
        client.admin.command({"setParameter": 1, name: before})


async def _besiege(siege: Siege, clinic: Crowd, database: Database[dict[str, Any]]) -> None:
    """All strikes; on the way one subscriber is away for more than is told again, and one reads so slowly that it is reset."""
    for number in range(STRIKES):
        if number == STRIKES // 4:
            siege.late.there.clear()
            siege.late.cut(abruptly=False, after_next=False)
        if number == STRIKES // 2:
            await _write_elsewhere(database, clinic.quiet.id, 1001)
            siege.late.there.set()
        if number % 60 == STRIKES // 3 % 60:
            await _overflow(siege, clinic, database)
        await siege.strike()
        if number % 20 == 19:
            print(f"{number + 1} of {STRIKES} strikes, {siege.load.outcomes.total()} answers to callers who book")
        answers = siege.load.outcomes.total() + _ANSWERS_BETWEEN_STRIKES
        await until(partial(_has_answered, siege, answers), _SECONDS_BETWEEN_STRIKES)
        await asyncio.sleep(siege.chance.uniform(0, 0.2))


async def _overflow(siege: Siege, clinic: Crowd, database: Database[dict[str, Any]]) -> None:
    """More comes for one who does not read than the system and its queue hold. No strikes meanwhile."""
    slow, provider = siege.slow, clinic.busy[-1]
    somebody = {"provider_id": provider.id, "patient_id": {"$nin": [clinic.alice.id, clinic.bob.id]}, "reason": {"$ne": None}}
    for _ in range(5):
        resets = slow.resets
        assert await until(lambda: slow.connection is not None, _PATIENCE)
        await until(lambda: database["appointments"].find_one(somebody) is not None, _PATIENCE)
        visit = database["appointments"].find_one(somebody) or {}
        of_visit = {"kind": "STATUS_CHANGED", "appointment_id": visit["_id"], "patient_id": visit["patient_id"]}
        slow.awake.clear()
        for _ in range(10):
            await _write_elsewhere(database, provider.id, 32, **of_visit)
            await asyncio.sleep(0.2)
        slow.awake.set()
        if await until(partial(_was_reset, slow, resets), 5):
            return


def _has_answered(siege: Siege, answers: int) -> bool:
    return siege.load.outcomes.total() >= answers


def _was_reset(subscriber: Subscriber, before: int) -> bool:
    return subscriber.resets > before


async def _settle(siege: Siege, database: Database[dict[str, Any]]) -> Truth:
    """Waits until everybody has heard what there is to hear, and a little longer, for what there is not."""
    truth = Truth.read(database)
    behind = [subscriber for subscriber, caller in siege.callers if not has_caught_up(subscriber, caller, truth)]
    await until(lambda: all(has_caught_up(each, caller, truth) for each, caller in siege.callers), _PATIENCE)
    await asyncio.sleep(1)
    print(f"{len(behind)} subscribers had still something to hear when the load ended")
    return truth


async def _run(settings: Settings, folder: Path, database: Database[dict[str, Any]]) -> tuple[Siege, Truth]:
    chance = Random(20261123)
    async with open_database(settings.mongodb_url or "", settings.database):
        clinic = Crowd()
        await clinic.stored()
    async with Servers(settings, folder, SERVERS) as servers, Http(servers, chance) as http, asyncio.TaskGroup() as group:
        siege = Siege(settings, clinic, servers, http, STRIKES, chance)
        await siege.invite()
        before = {row["_id"] for row in database["appointments"].find({}, {"_id": 1})}
        subscribers = [group.create_task(subscriber.run()) for subscriber, _ in siege.callers]
        load = [group.create_task(each) for each in siege.bookers()]
        await _besiege(siege, clinic, database)
        siege.load.stop()
        await asyncio.gather(*load)
        await servers.settled()
        truth = await _settle(siege, database)
        for task in subscribers:
            task.cancel()
    made = [visit["_id"] for visit in truth.visits if visit["_id"] not in before]
    answered = [read_global_id(visit, [])[1] for visit in siege.load.booked]
    assert sorted(made) == sorted(answered), "each visit was booked once, however often it was asked for"
    return siege, truth


def test_what_subscribers_were_told_is_exactly_the_database(mongodb_url: str, database_name: str, tmp_path: Path) -> None:
    settings = load_settings({"OHMS_MONGODB_URL": mongodb_url, "OHMS_DATABASE": database_name})
    plant_signing_key(settings)
    began = time.monotonic()
    with MongoClient[dict[str, Any]](mongodb_url, tz_aware=True) as client, _left_transactions_end(client, 3):
        siege, truth = asyncio.run(_run(settings, tmp_path, client[database_name]))
    _print(siege, truth, time.monotonic() - began)
    for subscriber, caller in siege.callers:
        check_heard(subscriber, caller, truth)
        check_fold(subscriber, caller, truth)
        assert told_count(subscriber) > 5, f"{subscriber.name} heard next to nothing"
    struck = {CUT: siege.cuts, **siege.servers.ended}
    really_cut = sum(subscriber.cuts for subscriber, _ in siege.callers)
    assert struck == {what: share * STRIKES // 20 for what, share in OF_TWENTY.items()}
    assert really_cut >= siege.cuts - len(siege.callers), "those that wait for an update to cut after it may not get one any more"
    assert siege.load.outcomes.total() > STRIKES * 3
    assert min(siege.slow.resets, siege.late.resets) > 0, "nobody was too slow, or away for too long"
    for happened in ("book done", "reschedule done", "cancel done", "setStatus done", "reinstate done"):
        assert siege.load.outcomes[happened], f"{happened} never came up: {siege.load.outcomes}"


def _print(siege: Siege, truth: Truth, seconds: float) -> None:
    print(f"{seconds:.0f} s; {siege.cuts} sockets cut, servers ended: {dict(siege.servers.ended)}")
    print(f"{len(truth.events)} events of {len(truth.visits)} visits; asked again {siege.http.asked_again} times")
    print(dict(sorted(siege.load.outcomes.items())))
    for subscriber, _ in siege.callers:
        print(
            f"{subscriber.name:>24}: {told_count(subscriber)} events, {subscriber.connections} connections, "
            f"{subscriber.resets} resets, {subscriber.returns} returns to an older cursor, {subscriber.fetches} fetches, "
            f"{len(subscriber.fold)} visits"
        )
    errors = Counter(line[:300] for log in siege.servers.logs for line in log.read_text().splitlines() if line.strip())
    for line, count in errors.most_common(15):
        print(f"{count} x {line}")
