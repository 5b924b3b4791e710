"""The small clinic with a visit tomorrow, and the job."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from models.account import Account
from models.appointment import Appointment, AppointmentStatus
from models.patient import Patient
from models.reminder import Reminder, ReminderPreferences
from ohms_graphql.database import Database
from resolvers.majority import USUAL_MAJORITY
from resolvers.ports import Mail, Ports
from resolvers.reminders.sending import ReminderRun, Sent
from tests.clinic import NOON, Clinic, FixedClock, plain_ports


@dataclass
class Post:
    """A mail server. ``before`` is done with each mail before it is taken, and may raise."""

    taken: list[Mail] = field(default_factory=list)
    before: Callable[[Mail], Awaitable[None]] | None = None

    def check_ready(self) -> None:
        """Always is."""

    async def send(self, mail: Mail) -> None:
        raise AssertionError("a reminder must not wait in a queue that a crash empties")

    async def deliver(self, mail: Mail) -> None:
        if self.before is not None:
            await self.before(mail)
        self.taken.append(mail)


@dataclass
class Job:
    """It is noon on Monday, 2 March 2026, in UTC; seven in the morning in New York."""

    clinic: Clinic
    ports: Ports
    post: Post

    @property
    def clock(self) -> FixedClock:
        assert isinstance(self.ports.clock, FixedClock)
        return self.ports.clock

    async def run(self, **ports: Any) -> Sent:
        return await ReminderRun(replace(self.ports, **ports), USUAL_MAJORITY, asyncio.Event()).run()

    async def run_at(self, instant: datetime) -> Sent:
        self.clock.instant = instant
        return await self.run()

    @property
    def addresses(self) -> list[str]:
        return [mail.to.partition("@")[0] for mail in self.post.taken]

    async def visit(self, start: datetime, patient: Patient | None = None, **fields: Any) -> Appointment:
        """Made a month before."""
        common: dict[str, Any] = {
            "status": AppointmentStatus.BOOKED,
            "start": start,
            "end": start + timedelta(minutes=20),
            "patient_id": (patient or self.clinic.alice).id,
            "provider_id": self.clinic.house.id,
            "time_zone": "America/New_York",
            "created_at": NOON - timedelta(days=30),
            "reason": "Sugar",
        }
        made = Appointment(**common | fields)
        await made.insert()
        return made

    async def wish(self, *minutes: int, patient: Patient | None = None, zone: str | None = None) -> None:
        chosen = ReminderPreferences(minutes_before=list(minutes), time_zone=zone).model_dump(mode="json")
        chosen["minutes_before"] = list(minutes)
        rows = Patient.get_pymongo_collection()
        await rows.update_one({"_id": (patient or self.clinic.alice).id}, {"$set": {"reminder_preferences": chosen}})

    async def stored(self) -> list[Reminder]:
        return await Reminder.find({}).sort("_id").to_list()


@pytest.fixture
async def job(database: Database) -> Job:
    clinic = await Clinic().stored()
    await Account.get_pymongo_collection().update_many({}, {"$set": {"email_verified_at": NOON - timedelta(days=60)}})
    await Appointment.get_pymongo_collection().delete_many({})
    post = Post()
    return Job(clinic, replace(plain_ports(database.transaction), mailer=post), post)
