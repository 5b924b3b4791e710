"""`ohms send-reminders`, and the job beside the requests, through to a real mail server."""

import asyncio
import logging
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from models.account import Account
from models.appointment import Appointment, AppointmentStatus
from models.audit_event import AuditEvent
from models.base import now
from models.patient import Patient
from models.reminder import Reminder
from ohms_graphql.cli import run
from ohms_graphql.database import open_database
from ohms_graphql.mail.without_server import RefusingMailer
from ohms_graphql.reminder_job import reminding
from ohms_graphql.settings import Settings
from resolvers.majority import USUAL_MAJORITY
from tests.clinic import NOON, Clinic, Mailbox, plain_ports
from tests.ohms_graphql.mail.mail_server import Received, mail_server


async def _stored_with_a_visit(start: datetime, zone: str = "UTC") -> Appointment:
    clinic = await Clinic().stored()
    await Account.get_pymongo_collection().update_many({}, {"$set": {"email_verified_at": now()}})
    await Patient.get_pymongo_collection().update_one(
        {"_id": clinic.alice.id}, {"$set": {"reminder_preferences": {"minutes_before": [1440], "time_zone": zone}}}
    )
    visit = Appointment(
        status=AppointmentStatus.BOOKED,
        start=start,
        end=start + timedelta(minutes=20),
        patient_id=clinic.alice.id,
        provider_id=clinic.house.id,
        time_zone="UTC",
        created_at=start - timedelta(days=30),
    )
    await visit.insert()
    return visit


def _zone_at_noon() -> str:
    """One where it is day now, whenever this runs."""
    return f"Etc/GMT{now().hour - 12:+}" if now().hour != 12 else "Etc/GMT"


@pytest.fixture
def due(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A visit whose reminder was due a minute ago."""
    monkeypatch.setenv("OHMS_MONGODB_URL", settings.mongodb_url or "")
    monkeypatch.setenv("OHMS_DATABASE", settings.database)

    async def store() -> None:
        async with open_database(settings.mongodb_url or "", settings.database):
            await _stored_with_a_visit(now() + timedelta(hours=23, minutes=59), _zone_at_noon())

    asyncio.run(store())
    return settings


def test_the_command_sends_what_is_due_once(
    due: Settings, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    received = Received()
    with mail_server(received) as port:
        monkeypatch.setenv("OHMS_SMTP_URL", f"smtp://127.0.0.1:{port}")
        monkeypatch.setenv("OHMS_MAIL_FROM", "Clinic <no-reply@clinic.example>")
        monkeypatch.setenv("OHMS_PUBLIC_URL", "https://clinic.example")
        assert run(["send-reminders"]) == 0
        assert capfd.readouterr().out == "1 reminders done, 1 mails sent\n"
        assert run(["send-reminders"]) == 0
        assert capfd.readouterr().out == "0 reminders done, 0 mails sent\n"
    assert received.recipients == ["alice@clinic.example"]
    [mail] = received.mails
    assert mail["Subject"] == "Appointment reminder"
    assert "sign in at https://clinic.example" in " ".join(mail.get_content().split())
    assert due.database

    async def look() -> list[Any]:
        async with open_database(due.mongodb_url or "", due.database):
            return await AuditEvent.find({"action": "job.sendReminders"}).to_list()

    assert len(asyncio.run(look())) == 1


def test_where_no_mail_can_be_sent_it_says_so(
    due: Settings, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OHMS_ENVIRONMENT", "production")
    monkeypatch.setenv("OHMS_MASTER_KEY", "file:nowhere.key")
    monkeypatch.setenv("OHMS_SECRET_KEY", "k" * 40)
    assert run(["send-reminders"]) == 1
    assert "cannot send mail" in capfd.readouterr().err

    async def count() -> int:
        async with open_database(due.mongodb_url or "", due.database):
            return await Reminder.count()

    assert asyncio.run(count()) == 0


async def test_the_job_looks_again_and_again(mongodb_url: str, database_name: str, caplog: pytest.LogCaptureFixture) -> None:
    async with open_database(mongodb_url, database_name) as database:
        await _stored_with_a_visit(NOON + timedelta(hours=30))
        ports = plain_ports(database.transaction)
        clock: Any = ports.clock
        mailbox: Any = ports.mailer
        assert isinstance(mailbox, Mailbox)
        async with reminding(ports, USUAL_MAJORITY, seconds=0.02):
            await asyncio.sleep(0.2)
            assert mailbox.mails == []
            clock.instant += timedelta(hours=6)
            async with asyncio.timeout(10):
                while not mailbox.mails:  # noqa: ASYNC110 -- the job tells nobody
                    await asyncio.sleep(0.02)
        assert [mail.to for mail in mailbox.mails] == ["alice@clinic.example"]
        caplog.clear()
        with caplog.at_level(logging.WARNING):
            async with reminding(replace(ports, mailer=RefusingMailer()), USUAL_MAJORITY, seconds=0.02):
                await asyncio.sleep(0.3)
        assert [record.getMessage() for record in caplog.records] == ["no reminders are sent: MAIL_NOT_SET_UP"]
