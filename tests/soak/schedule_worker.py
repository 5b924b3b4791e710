"""``python -m tests.soak.schedule_worker URL DATABASE SEED OPERATIONS CRASH``: one process of many at one clinic's schedule.

It asks the schema for random bookings, moves, cancellations and so on, all within one crowded day. With CRASH above 0 it kills
itself (SIGKILL) right before a random database command, on average once in so many: between any two steps of anything.
It prints one line: how many answers of each kind it got. A fault, as opposed to a refusal, ends it with code 1.
"""

import asyncio
import json
import os
import signal
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from pymongo import monitoring

from models.account import Account, AccountEmail
from models.appointment import Appointment
from models.patient import Patient
from models.provider import Provider
from models.visit_type import VisitType
from ohms_graphql.database import Database, open_database
from resolvers.bookings.offers_watch import pass_on_expired
from resolvers.context import open_context
from resolvers.ports import Ports
from resolvers.principal import principal_of
from schema import build_schema
from schema.node import global_id
from tests.clinic import FixedClock, plain_ports
from tests.schema.appointment.desk import OPERATIONS, operation
from tests.sent_commands import SentCommands

DAY = datetime(2026, 3, 9, 13, 0, tzinfo=UTC)
_STEP = timedelta(minutes=10)
_STEPS = 18

Input = dict[str, Any]


class Killer(SentCommands):
    def __init__(self, chance: Random, once_in: int) -> None:
        self._chance = chance
        self._once_in = once_in
        self.armed = False

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if self.armed and self._once_in and self._chance.randrange(self._once_in) == 0:
            sys.stdout.flush()
            os.kill(os.getpid(), signal.SIGKILL)


class Worker:
    def __init__(self, database: Database, chance: Random) -> None:
        self.outcomes: Counter[str] = Counter()
        self._chance = chance
        self._ports: Ports = plain_ports(database.transaction)
        self._schema = build_schema()

    async def learn(self) -> None:
        staff = await Account.find_one({"email": AccountEmail.lookup("staff@clinic.example")})
        assert staff is not None
        self._staff = principal_of(staff)
        self._providers = [global_id("Provider", provider.id) for provider in await Provider.find_all().to_list()]
        self._patients = [global_id("Patient", patient.id) for patient in await Patient.find_all().to_list()]
        visit_types = await VisitType.find_all().to_list()
        self._visit_types = [global_id("VisitType", visit_type.id) for visit_type in visit_types]

    async def step(self) -> None:
        # Time goes on, so that offers expire; never to where what is booked would be in the past.
        assert isinstance(self._ports.clock, FixedClock)
        self._ports.clock.instant += timedelta(minutes=self._chance.randrange(3))
        names = ["book", "book", "reschedule", "reschedule", "cancel", "reinstate", "setStatus", "join", "accept", "decline"]
        name = self._chance.choice([*names, "hours", "pass on"])
        if name == "pass on":
            await pass_on_expired(open_context(self._staff, self._ports))
            self.outcomes[name] += 1
            return
        document, given = await self._hours() if name == "hours" else (operation(name), await self._input(name))
        if given is None:
            return
        context = open_context(self._staff, self._ports)
        result = await self._schema.execute(document, variable_values={"input": given}, context_value=context)
        if result.errors:
            raise RuntimeError(f"{name}: {result.errors[0].message}") from result.errors[0].original_error
        payload = (result.data or {})["setAvailability" if name == "hours" else OPERATIONS[name].split()[1]]
        self.outcomes[f"{name} {','.join(sorted({error['code'] for error in payload['errors']})) or 'done'}"] += 1

    def _start(self) -> str:
        return (DAY + self._chance.randrange(_STEPS) * _STEP).isoformat()

    async def _input(self, name: str) -> Input | None:
        chance = self._chance
        override = {"reason": "Soak"} if chance.random() < 0.1 else None
        if name in {"book", "join"}:
            given: Input = {
                "provider": chance.choice(self._providers),
                "patient": chance.choice(self._patients),
                "visitType": chance.choice(self._visit_types),
            }
            if name == "book":
                given |= {"start": self._start(), "override": override}
                if chance.random() < 0.2:
                    given["recurrence"] = "FREQ=WEEKLY;COUNT=3"
                if chance.random() < 0.2:
                    given["idempotencyKey"] = f"key-{chance.randrange(5)}"
            return given
        wanted = {"accept": "WAITLISTED", "decline": "WAITLISTED", "reinstate": "CANCELLED"}.get(name, "BOOKED")
        found = await Appointment.find(
            {"status": wanted, "busy_start" if wanted == "BOOKED" else "status": {"$ne": None}}
        ).to_list()
        if not found:
            return None
        given = {"id": global_id("Appointment", chance.choice(found).id)}
        if name == "reschedule":
            given |= {"start": self._start(), "override": override}
        if name == "cancel" and chance.random() < 0.3:
            given["following"] = True
        if name == "setStatus":
            given["status"] = chance.choice(["ENTERED_IN_ERROR", "ARRIVED", "NO_SHOW"])
        return given

    async def _hours(self) -> tuple[str, Input]:
        first = self._chance.randrange(8, 10)
        weekly = [{"weekday": "MONDAY", "from": f"{first:02}:00", "to": "12:00"}]
        document = "mutation($input: SetAvailabilityInput!) { setAvailability(input: $input) { errors { code } } }"
        return document, {"provider": self._chance.choice(self._providers), "timeZone": "America/New_York", "weekly": weekly}


async def main(url: str, name: str, seed: int, operations: int, crash: int) -> None:
    chance = Random(seed)
    killer = Killer(Random(seed + 1), crash)
    async with open_database(url, name, listeners=(killer,), build_indexes=False) as database:
        worker = Worker(database, chance)
        await worker.learn()
        killer.armed = True
        for _ in range(operations):
            await worker.step()
        killer.armed = False
        print(json.dumps(worker.outcomes))


if __name__ == "__main__":
    arguments = sys.argv[1:]
    asyncio.run(main(arguments[0], arguments[1], int(arguments[2]), int(arguments[3]), int(arguments[4])))
