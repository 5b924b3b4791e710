"""`ohms verify-coverages`, through to a payer on a socket."""

import asyncio
from datetime import timedelta

import pytest

from models.appointment import Appointment
from models.audit_event import AuditEvent
from models.base import now
from models.coverage import EligibilityCheck
from models.payer import Payer
from ohms_graphql.cli import run
from ohms_graphql.database import open_database
from ohms_graphql.settings import Settings
from tests.clinic import Clinic
from tests.ohms_graphql.eligibility.payer import Payer as StandIn
from tests.ohms_graphql.eligibility.payer import Reply, payer


@pytest.fixture
def waiting(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Alice comes tomorrow."""
    monkeypatch.setenv("OHMS_MONGODB_URL", settings.mongodb_url or "")
    monkeypatch.setenv("OHMS_DATABASE", settings.database)

    async def store() -> None:
        async with open_database(settings.mongodb_url or "", settings.database):
            clinic = await Clinic().stored()
            tomorrow = {"$set": {"start": now() + timedelta(days=1)}}
            await Appointment.get_pymongo_collection().update_one({"_id": clinic.coming.id}, tomorrow)
            await Payer(name="Aetna", name_key="aetna", electronic_number="60054").insert()

    asyncio.run(store())
    return settings


def _set_up(monkeypatch: pytest.MonkeyPatch, standing_in: StandIn) -> None:
    monkeypatch.setenv("OHMS_ELIGIBILITY_URL", standing_in.url)
    monkeypatch.setenv("OHMS_ELIGIBILITY_KEY", "a-key")
    monkeypatch.setenv("OHMS_CLINIC_NPI", "1234567893")


def test_it_asks_for_those_who_come_and_a_payer_that_is_down_is_no_failure(
    waiting: Settings, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with payer() as standing_in:
        _set_up(monkeypatch, standing_in)
        assert run(["verify-coverages", "--dry-run"]) == 0
        assert (capfd.readouterr().out, standing_in.asked) == ("1 to verify\n", [])
        standing_in.replies = [Reply(status=500)]
        assert run(["verify-coverages"]) == 0
        assert capfd.readouterr().out == "1 of 1 asked: 0 in force, 0 not in force, 1 without an answer\n"
        standing_in.replies = []
        assert run(["verify-coverages"]) == 0
        out, err = capfd.readouterr()
        assert out == "1 of 1 asked: 1 in force, 0 not in force, 0 without an answer\n"
        assert "W123" not in err
        assert run(["verify-coverages"]) == 0
        assert capfd.readouterr().out == "0 of 0 asked: 0 in force, 0 not in force, 0 without an answer\n"

    async def stored() -> tuple[list[EligibilityCheck], list[AuditEvent]]:
        async with open_database(waiting.mongodb_url or "", waiting.database):
            checks = await EligibilityCheck.find({"reference": {"$ne": None}}).to_list()
            return checks, await AuditEvent.find({"action": "job.verifyCoverages"}).to_list()

    checks, entries = asyncio.run(stored())
    assert [check.in_force for check in checks] == [True]
    assert len(entries) == 2


def test_without_a_clearing_house_it_fails_and_says_what_is_missing(waiting: Settings, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["verify-coverages"]) == 1
    assert "OHMS_ELIGIBILITY_URL" in capfd.readouterr().err
    assert run(["verify-coverages", "--dry-run"]) == 0
