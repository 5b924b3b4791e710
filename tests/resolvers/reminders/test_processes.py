"""Several processes look for due reminders at once, and one is killed in the middle of its work."""

import asyncio
import multiprocessing
import os
import signal
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from models.reminder import ReminderOutcome
from ohms_graphql.database import Database, open_database
from resolvers.majority import USUAL_MAJORITY
from resolvers.ports import Mail
from resolvers.reminders.claiming import LEASE
from resolvers.reminders.sending import ReminderRun
from tests.clinic import FixedClock, plain_ports
from tests.resolvers.reminders.conftest import Job

AFTERNOON = datetime(2026, 3, 3, 18, tzinfo=UTC)
DUE = AFTERNOON - timedelta(days=1) + timedelta(minutes=40)
VISITS = 40
AT_ONCE = 4


@dataclass
class PostOffice:
    """A mail server that all processes hand their mail to. The process of a ``victim`` is killed with its hands full."""

    database: Database
    victim: bool = False
    in_hand: int = 0

    def check_ready(self) -> None:
        """Always is."""

    async def send(self, mail: Mail) -> None:
        raise AssertionError("not through a queue")

    async def deliver(self, mail: Mail) -> None:
        self.in_hand += 1
        if self.victim:
            if self.in_hand == AT_ONCE:
                os.kill(os.getpid(), signal.SIGKILL)
            await asyncio.sleep(60)
        await asyncio.sleep(0.02)
        await self.database.database["post_office"].insert_one({"key": mail.key, "to": mail.to})


def _send_in_a_process(url: str, name: str, instant: datetime, victim: bool) -> None:
    async def send() -> None:
        async with open_database(url, name, build_indexes=False) as database:
            ports = replace(plain_ports(database.transaction), clock=FixedClock(instant), mailer=PostOffice(database, victim))
            await ReminderRun(ports, USUAL_MAJORITY, asyncio.Event()).run()

    asyncio.run(send())


async def test_each_is_sent_once_although_one_process_is_killed(
    job: Job, database: Database, mongodb_url: str, database_name: str
) -> None:
    for number in range(VISITS):
        await job.visit(AFTERNOON + timedelta(minutes=number), (job.clinic.alice, job.clinic.bob)[number % 2])
    spawn = multiprocessing.get_context("spawn")

    async def run(*victims: bool, at: datetime) -> list[int | None]:
        arguments = [(mongodb_url, database_name, at, victim) for victim in victims]
        workers = [spawn.Process(target=_send_in_a_process, args=each) for each in arguments]
        for worker in workers:
            worker.start()
        for worker in workers:
            await asyncio.to_thread(worker.join)
        return [worker.exitcode for worker in workers]

    assert await run(True, at=DUE) == [-signal.SIGKILL]
    assert await run(False, False, False, at=DUE + timedelta(seconds=1)) == [0, 0, 0]
    posted: list[dict[str, Any]] = await database.database["post_office"].find({}).to_list()
    assert len(posted) == len({mail["key"] for mail in posted}) == VISITS - AT_ONCE

    assert await run(False, False, at=DUE + LEASE) == [0, 0]
    posted = await database.database["post_office"].find({}).to_list()
    assert len(posted) == len({mail["key"] for mail in posted}) == VISITS
    assert [reminder.outcome for reminder in await job.stored()] == [ReminderOutcome.SENT] * VISITS
    assert sorted(reminder.attempts for reminder in await job.stored()) == [1] * (VISITS - AT_ONCE) + [2] * AT_ONCE
