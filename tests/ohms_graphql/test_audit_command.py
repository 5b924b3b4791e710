"""`ohms audit` on a real database."""

import asyncio
import json
from pathlib import Path

import pytest

from models.audit_event import AuditEvent
from ohms_graphql.audit_key import audit_key
from ohms_graphql.cli import run
from ohms_graphql.database import open_database
from ohms_graphql.settings import Settings
from resolvers.audit.audit_trail import AuditTrail
from tests.clinic import FixedClock
from tests.resolvers.audit.conftest import rows


@pytest.fixture
def audited(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Five entries, made long ago."""
    monkeypatch.setenv("OHMS_MONGODB_URL", settings.mongodb_url or "")
    monkeypatch.setenv("OHMS_DATABASE", settings.database)

    async def write() -> None:
        async with open_database(settings.mongodb_url or "", settings.database) as database:
            trail = AuditTrail(audit_key(settings), FixedClock(), database.transaction)
            await trail.store(rows(5))
            await trail.seal()

    asyncio.run(write())
    return settings


def test_the_trail_is_verified_anchored_exported_and_broken(
    audited: Settings, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run(["audit", "verify"]) == 0
    assert capfd.readouterr().out == "intact: 5 entries checked\n"
    assert run(["audit", "head"]) == 0
    anchor = capfd.readouterr().out.strip()
    assert anchor.startswith("4:")
    assert run(["audit", "verify", "--anchor", anchor]) == 0
    assert run(["audit", "verify", "--anchor", "9:00"]) == 1
    assert run(["audit", "verify", "--anchor", "nonsense"]) == 1
    capfd.readouterr()

    assert run(["audit", "export", "--from", "2026-03-02", "--to", "2026-03-02"]) == 0
    lines = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert [line["sequence"] for line in lines] == [0, 1, 2, 3, 4]
    assert lines[0]["at"] == "2026-03-02T12:00:00Z"
    assert run(["audit", "export", "-o", str(tmp_path / "trail.ndjson")]) == 0
    assert len((tmp_path / "trail.ndjson").read_text().splitlines()) == 5
    assert run(["audit", "export", "-o", str(tmp_path / "trail.ndjson")]) == 1
    assert run(["audit", "export", "--from", "yesterday"]) == 1
    capfd.readouterr()

    async def tamper() -> None:
        async with open_database(audited.mongodb_url or "", audited.database):
            await AuditEvent.get_pymongo_collection().update_one({"_id": lines[3]["id"]}, {"$set": {"actor_id": None}})

    asyncio.run(tamper())
    assert run(["audit", "verify"]) == 1
    assert capfd.readouterr().out == "broken at sequence 3: 4 entries checked\n"
    assert run(["audit", "verify", "--to", "2"]) == 0


def test_pruning_keeps_what_the_retention_asks_for(
    audited: Settings, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(["audit", "prune"]) == 0
    assert capfd.readouterr().out.startswith("0 entries removed")
    monkeypatch.setenv("OHMS_AUDIT_RETENTION_DAYS", "30")
    assert run(["audit", "prune"]) == 0
    assert capfd.readouterr().out.startswith("5 entries removed")
    assert run(["audit", "verify"]) == 0
