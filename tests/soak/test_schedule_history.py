"""Several processes, one crowded schedule, crashes between any two steps: what must hold holds at every point of the history.

Small here; `make soak` runs it at full size (OHMS_SOAK=1).
"""

import asyncio
import json
import os
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from pymongo import MongoClient

from models.appointment import Appointment
from models.patient import Patient
from models.provider import Availability, Provider, Weekday, WeeklyHours
from models.visit_type import VisitMode, VisitType
from ohms_graphql.database import open_database
from resolvers.bookings.offers_watch import pass_on_expired
from resolvers.context import open_context
from resolvers.principal import ANONYMOUS
from tests.clinic import NOON, Clinic, FixedClock, dollars, plain_ports
from tests.schema.appointment.desk import check_schedule
from tests.soak.history import MARKER, History, read_changes

FULL = os.environ.get("OHMS_SOAK") == "1"
PROCESSES = 4 if FULL else 3
ROUNDS = 40 if FULL else 3
OPERATIONS = 60
_ROUND_SECONDS = 180
_WORKER = "tests.soak.schedule_worker"

pytestmark = pytest.mark.timeout(3600 if FULL else 300)


async def _crowded(url: str, name: str) -> None:
    """Three providers, eight patients, two kinds of visit, one of them with buffers."""
    async with open_database(url, name):
        clinic = Clinic()
        common = {"price": dollars(1), "slot_interval_minutes": 10}
        visit_types = [
            VisitType(name="Short", duration_minutes=20, modes=[VisitMode.IN_PERSON], **common),
            VisitType(
                name="Long",
                duration_minutes=40,
                buffer_before_minutes=5,
                buffer_after_minutes=10,
                modes=[VisitMode.VIDEO],
                **common,
            ),
        ]
        hours = Availability(weekly=[WeeklyHours(weekday=Weekday.MONDAY, start="09:00", end="12:00")])
        providers = [
            Provider(
                npi=str(number),
                npi_verified=False,
                name=clinic.house.name,
                time_zone="America/New_York",
                visit_type_ids=[each.id for each in visit_types],
                availability=hours,
            )
            for number in range(3)
        ]
        patients = [Patient(mrn=f"M{number}", name=clinic.bob.name) for number in range(8)]
        for document in [*clinic.accounts.values(), *visit_types, *providers, *patients]:
            await document.insert()


async def _tidied_up(url: str, name: str) -> None:
    """After all holds have ended nothing is held any more, and what is stored agrees with itself."""
    async with open_database(url, name, build_indexes=False) as database:
        ports = plain_ports(database.transaction)
        assert isinstance(ports.clock, FixedClock)
        ports.clock.instant = NOON + timedelta(days=30)
        while await pass_on_expired(open_context(ANONYMOUS, ports)):
            pass
        assert not await Appointment.find({"waitlist.offer": {"$ne": None}}).exists()
        await check_schedule(may_overlap=True)


def _work(url: str, name: str, chance: Random, outcomes: Counter[str]) -> None:
    """A round of all processes at once; those that killed themselves have not ended well, all others must have."""
    processes = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.soak.schedule_worker",
                url,
                name,
                str(chance.randrange(10**6)),
                str(OPERATIONS),
                str(crash),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for crash in [0, *[400] * (PROCESSES - 1)]
    ]
    try:
        for process in processes:
            output, complaint = process.communicate(timeout=_ROUND_SECONDS)
            assert process.returncode in {0, -9}, complaint[-3000:]
            outcomes["killed"] += process.returncode == -9
            if process.returncode == 0:
                outcomes.update(json.loads(output.splitlines()[-1]))
    finally:
        for process in processes:
            if process.poll() is None:
                process.kill()
                process.communicate()


def test_nobody_is_in_two_places_at_any_point_of_the_history(mongodb_url: str, database_name: str) -> None:
    asyncio.run(_crowded(mongodb_url, database_name))
    chance, outcomes, history = Random(20260309), Counter[str](), History()
    with MongoClient[dict[str, Any]](mongodb_url, tz_aware=True) as client:
        database = client[database_name]
        with database.watch() as stream:
            stream.try_next()
            begin = stream.resume_token
        for number in range(ROUNDS):
            _work(mongodb_url, database_name, chance, outcomes)
            print(f"round {number + 1} of {ROUNDS}: {sum(outcomes.values())} answers, {outcomes['killed']} processes killed")
        database[MARKER].insert_one({})
        history.follow(read_changes(database, begin))
        database.drop_collection(MARKER)
    asyncio.run(_tidied_up(mongodb_url, database_name))
    print(f"{history.transactions} transactions, {history.overlaps} overlaps on purpose; {dict(sorted(outcomes.items()))}")
    assert history.transactions > 20
    for happened in ("book done", "book SLOT_UNAVAILABLE", "reschedule done", "cancel done", "hours done", "killed"):
        assert outcomes[happened], f"{happened} never came up: {outcomes}"
