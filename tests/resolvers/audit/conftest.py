"""An audit trail on a database of its own."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from ohms_graphql.database import Database
from resolvers.audit.audit_trail import AuditTrail
from tests.clinic import AUDIT_KEY, NOON, FixedClock

Rows = Callable[[int], list[dict[str, Any]]]


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def trail(database: Database, clock: FixedClock) -> AuditTrail:
    return AuditTrail(AUDIT_KEY, clock, database.transaction)


def rows(count: int, at: datetime = NOON, **more: Any) -> list[dict[str, Any]]:
    """Entries as operations make them, about one patient each."""
    shared = {
        "at": at,
        "actor_id": "A" * 26,
        "roles": ["STAFF"],
        "action": "Query.patients",
        "outcome": "SUCCESS",
        "purpose": "OPERATIONS",
        "fields": ["Patient.mrn"],
        "request_id": "r",
    }
    ids = [f"{number:026d}" for number in range(count)]
    return [{**shared, "about": [{"patient_id": id_, "subjects": [f"Patient:{id_}"]}], **more} for id_ in ids]
