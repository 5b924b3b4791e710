"""Every filter, every order and every access path has its index: MongoDB's own plan says so."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import date, timedelta
from enum import Enum
from typing import Any

import pytest

from models.account import Account, AccountStatus
from models.appointment import Appointment, AppointmentStatus, ScheduleEvent
from models.base import StoredDocument
from models.break_glass import BreakGlassGrant
from models.coverage import Coverage, CoverageStatus, EligibilityCheck
from models.education import EducationResource, EducationStatus
from models.invoice import Invoice, InvoiceStatus, Payment
from models.organization import Organization
from models.patient import Mrn, Patient, PatientName, ProxyScope
from models.provider import Provider
from models.record import Condition, Observation, Record, RecordStatus, RecordVersion
from models.role import Role
from models.visit_type import VisitMode, VisitType
from ohms_graphql.database import Database
from resolvers.access import Access
from resolvers.accounts import AccountCriteria
from resolvers.appointments import AppointmentCriteria
from resolvers.break_glass_reviews import GrantCriteria
from resolvers.coverages import CoverageCriteria
from resolvers.education import EducationCriteria
from resolvers.invoices import InvoiceCriteria
from resolvers.pagination import Order
from resolvers.patients import PatientCriteria
from resolvers.policy import restrict
from resolvers.principal import Principal
from resolvers.providers import ProviderCriteria
from resolvers.records import RecordCriteria
from schema.access.arguments import BreakGlassGrantOrderField
from schema.account.arguments import AccountOrderField
from schema.appointment.arguments import AppointmentOrderField
from schema.coverage.arguments import CoverageOrderField
from schema.education.arguments import EducationResourceOrderField
from schema.invoice.arguments import InvoiceOrderField
from schema.patient.arguments import PatientOrderField
from schema.provider.arguments import ProviderOrderField
from schema.record.arguments import RecordOrderField
from tests.clinic import NOON

ID = "0" * 26

SAMPLES: dict[type[StoredDocument], tuple[type, dict[str, Any], type[Enum]]] = {
    Account: (
        AccountCriteria,
        {"email": "a@b.example", "role": Role.STAFF, "status": [AccountStatus.ACTIVE]},
        AccountOrderField,
    ),
    Appointment: (
        AppointmentCriteria,
        {
            "provider": ID,
            "patient": ID,
            "status": [AppointmentStatus.BOOKED, AppointmentStatus.PENDING],
            "mode": VisitMode.VIDEO,
            "organization": ID,
            "from_": NOON,
            "to": NOON,
        },
        AppointmentOrderField,
    ),
    BreakGlassGrant: (
        GrantCriteria,
        {"reviewed": False, "overdue": True, "provider": ID},
        BreakGlassGrantOrderField,
    ),
    Coverage: (
        CoverageCriteria,
        {"patient": ID, "status": [CoverageStatus.ACTIVE], "payer": "Aetna", "needs_verification": True},
        CoverageOrderField,
    ),
    EducationResource: (
        EducationCriteria,
        {"search": "sugar", "language": "en", "topic": "44054006", "status": EducationStatus.RETIRED},
        EducationResourceOrderField,
    ),
    Invoice: (
        InvoiceCriteria,
        {"status": [InvoiceStatus.ISSUED], "patient": ID, "overdue": True, "from_": NOON, "to": NOON},
        InvoiceOrderField,
    ),
    Patient: (
        PatientCriteria,
        {"search": "alice müller", "birth_date": date(1980, 2, 29), "mrn": "M1", "care_team": ID},
        PatientOrderField,
    ),
    Provider: (
        ProviderCriteria,
        {
            "specialty": "394802001",
            "language": "en",
            "accepting_new_patients": True,
            "mode": VisitMode.VIDEO,
            "search": "house",
            "organization": ID,
        },
        ProviderOrderField,
    ),
    Record: (
        RecordCriteria,
        {
            "kinds": [Condition],
            "patient": ID,
            "appointment": ID,
            "author": ID,
            "status": [RecordStatus.FINAL],
            "code": "4548-4",
            "from_": NOON,
            "to": NOON,
        },
        RecordOrderField,
    ),
}

SORTED_IN_MEMORY = {PatientOrderField.NAME, PatientOrderField.BIRTH_DATE, AccountOrderField.EMAIL}
"""Their fields are encrypted (resolvers.sealed_order)."""


RELATIONS: list[tuple[type[StoredDocument], str]] = [
    (Appointment, "patient_id"),
    (Appointment, "provider_id"),
    (Coverage, "patient_id"),
    (EligibilityCheck, "coverage_id"),
    (Invoice, "appointment_id"),
    (Invoice, "credits_invoice_id"),
    (Invoice, "patient_id"),
    (Observation, "lab_report_id"),
    (BreakGlassGrant, "account_id"),
    (BreakGlassGrant, "patient_id"),
    (BreakGlassGrant, "provider_id"),
    (Patient, "proxies.account_id"),
    (Patient, "proxies.email"),
    (Patient, "treated_by"),
    (Patient, "care_team.provider_id"),
    (Payment, "invoice_id"),
    (Payment, "patient_id"),
    (Record, "appointment_id"),
    (Record, "patient_id"),
    (RecordVersion, "record_id"),
    (ScheduleEvent, "appointment_id"),
]


def _stages(plan: dict[str, Any]) -> Iterator[str]:
    if "stage" in plan:
        yield plan["stage"]
    for value in plan.values():
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, dict):
                yield from _stages(part)


async def _plan(document: type[StoredDocument], within: dict[str, Any], order: Order | None = None) -> set[str]:
    found = document.find(within, with_children=True)
    cursor = document.get_pymongo_collection().find(found.get_filter_query())
    if order is not None:
        cursor = cursor.sort([(path, int(direction)) for path, direction in order.sort])
    explained = await cursor.explain()
    return set(_stages(explained["queryPlanner"]["winningPlan"]))


def _filter(document: type[StoredDocument], name: str, value: Any) -> dict[str, Any]:
    criteria = SAMPLES[document][0](**{name: value})
    match criteria:
        case GrantCriteria():
            return criteria.filter(NOON)
        case EducationCriteria():
            return criteria.filter(NOON, "en")
        case InvoiceCriteria():
            return criteria.filter(NOON.date())
        case CoverageCriteria():
            return criteria.filter([ID])
        case ProviderCriteria():
            return criteria.filter([ID] if name == "mode" else None)
        case _:
            filtered: dict[str, Any] = criteria.filter()
            return filtered


async def test_every_filter_finds_its_rows_through_an_index(database: Database) -> None:
    for document, (criteria, samples, _) in SAMPLES.items():
        assert {field.name for field in fields(criteria)} == set(samples), "a filter without a sample"
        for name, value in [*samples.items(), *([("overdue", False)] if document is Invoice else [])]:
            stages = await _plan(document, _filter(document, name, value))
            assert "COLLSCAN" not in stages, (document.__name__, name, stages)
            assert "IXSCAN" in stages, (document.__name__, name, stages)


async def test_every_order_comes_from_an_index_without_sorting(database: Database) -> None:
    for document, (_, _, order_fields) in SAMPLES.items():
        for field in order_fields:
            if field in SORTED_IN_MEMORY:
                continue
            for descending in (False, True):
                stages = await _plan(document, {}, Order(field.value, descending))
                assert not stages & {"COLLSCAN", "SORT"}, (document.__name__, field, stages)
    for plain in (VisitType, Organization):
        assert not await _plan(plain, {}, Order("name")) & {"COLLSCAN", "SORT"}


@pytest.mark.parametrize(("document", "field"), RELATIONS, ids=lambda value: getattr(value, "__name__", value))
async def test_every_relation_is_followed_through_an_index(
    database: Database, document: type[StoredDocument], field: str
) -> None:
    assert "COLLSCAN" not in await _plan(document, {field: {"$in": [ID, "1" * 26]}})


@pytest.mark.parametrize("role", [Role.PATIENT, Role.PROVIDER])
async def test_the_policy_narrows_through_an_index(database: Database, role: Role) -> None:
    caller = Principal(account_id=ID, roles=frozenset({role}), patient_id=ID, provider_id=ID)
    for document in (Appointment, Coverage, Invoice, Patient, Record):
        visible = await restrict(document, Access(caller, NOON), {})
        assert "COLLSCAN" not in await _plan(document, visible), (document.__name__, role)


async def test_a_proxys_rows_come_through_an_index(database: Database) -> None:
    every_scope = [scope.value for scope in ProxyScope]
    for number in range(3):
        proxy = {"account_id": ID, "relationship": "OTHER", "scope": every_scope, "period": {}}
        row = {"_id": f"{number:026d}", "mrn": Mrn(f"M{number}").sealed, "proxies": [proxy]}
        await Patient.get_pymongo_collection().insert_one({**row, "name": PatientName(family="Child").sealed})
    caller = Principal(account_id=ID, roles=frozenset({Role.PATIENT}), patient_id="1" * 26)
    for document in (Appointment, Coverage, Invoice, Patient, Record):
        visible = await restrict(document, Access(caller, NOON), {})
        assert "COLLSCAN" not in await _plan(document, visible), document.__name__


async def test_rows_behind_broken_glass_come_through_an_index(database: Database) -> None:
    caller = Principal(account_id=ID, roles=frozenset({Role.PROVIDER}), provider_id=ID, broken_glass_until=NOON + timedelta(1))
    for document in (Appointment, Patient, Record):
        access = Access(caller, NOON)
        access.glass_was_broken("1" * 26, ID)
        visible = await restrict(document, access, {})
        assert "1" * 26 in str(visible)
        assert "COLLSCAN" not in await _plan(document, visible), document.__name__
