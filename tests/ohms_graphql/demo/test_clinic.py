"""The demo clinic keeps the rules of the field, all of them, everywhere."""

import hashlib
import itertools
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pytest

from models.account import Account
from models.appointment import Appointment, AppointmentStatus, ScheduleEvent, ScheduleEventKind
from models.base import StoredDocument
from models.coverage import Coverage, CoverageStatus, EligibilityCheck, EligibilityOutcome
from models.education import EducationResource
from models.invoice import Invoice, InvoiceStatus, Payment, PaymentMethod, PaymentStatus
from models.npi import npi_is_valid
from models.patient import Patient
from models.provider import Provider
from models.record import Condition, ConditionStatus, Confidentiality, LabReport, Observation, Record, RecordStatus
from models.role import Role
from models.visit_type import VisitType
from ohms_graphql.demo.cast import SHOWCASE_PATIENT_ID, SHOWCASE_PROVIDER_ID, sign_ins
from ohms_graphql.demo.catalog import NO_KNOWN_ALLERGIES
from ohms_graphql.demo.clinic import demo_clinic
from tests.mock_database import bind_to_mock

ANCHOR = datetime(2026, 3, 18, 18, tzinfo=UTC)  # ten days after the clocks changed in America
D = TypeVar("D", bound=StoredDocument)

DIGEST = """
import asyncio, hashlib
from datetime import UTC, datetime
from tests.mock_database import bind_to_mock
from ohms_graphql.demo.clinic import demo_clinic
asyncio.run(bind_to_mock())
text = "".join(d.model_dump_json() for d in demo_clinic(datetime(2026, 3, 18, 18, tzinfo=UTC)))
print(hashlib.sha256(text.encode()).hexdigest())
"""


@pytest.fixture(scope="module")
def clinic() -> list[StoredDocument]:
    import asyncio  # noqa: PLC0415

    asyncio.run(bind_to_mock())
    return demo_clinic(ANCHOR)


def of(clinic: list[StoredDocument], kind: type[D]) -> list[D]:
    return [document for document in clinic if isinstance(document, kind)]


def test_it_is_the_same_every_time_in_every_process(clinic: list[StoredDocument]) -> None:
    here = hashlib.sha256("".join(document.model_dump_json() for document in clinic).encode()).hexdigest()
    elsewhere = [
        subprocess.run(
            [sys.executable, "-c", DIGEST],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    ]
    assert elsewhere == [here, here]


def test_it_has_the_size_that_was_promised(clinic: list[StoredDocument]) -> None:
    assert len(of(clinic, Provider)) == 12
    assert len({provider.time_zone for provider in of(clinic, Provider)}) == 3
    assert len(of(clinic, Patient)) == 200
    visits = [visit.start for visit in of(clinic, Appointment) if visit.start]
    assert min(visits) < ANCHOR - timedelta(days=175)
    assert max(visits) > ANCHOR + timedelta(days=25)
    assert len(of(clinic, EducationResource)) >= 13
    roles = {role for account in of(clinic, Account) for role in account.roles}
    assert roles == set(Role)
    assert {role for role, _, _ in sign_ins()} == {role.value for role in Role}


def test_every_id_is_once_and_every_reference_resolves(clinic: list[StoredDocument]) -> None:
    ids = Counter((type(document).__name__ if not isinstance(document, Record) else "Record", document.id) for document in clinic)
    assert max(ids.values()) == 1
    known = {document.id for document in clinic}
    for document in clinic:
        fields: dict[str, Any] = document.model_dump()
        single = [value for name, value in fields.items() if name.endswith("_id") and name != "member_id" and value]
        many = [value for name, values in fields.items() if name.endswith("_ids") for value in values]
        assert set(single + many) <= known, type(document).__name__


def test_npis_pass_their_check_digit(clinic: list[StoredDocument]) -> None:
    assert all(npi_is_valid(provider.npi) for provider in of(clinic, Provider))


def test_nobody_is_in_two_places_at_once(clinic: list[StoredDocument]) -> None:
    buffers = {kind.id: timedelta(minutes=kind.buffer_after_minutes) for kind in of(clinic, VisitType)}
    for side in ("provider_id", "patient_id"):
        busy: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
        for visit in of(clinic, Appointment):
            if visit.start and visit.end and visit.status is not AppointmentStatus.CANCELLED:
                end = visit.end + (buffers[visit.visit_type_id or ""] if side == "provider_id" else timedelta())
                busy[getattr(visit, side)].append((visit.start, end))
        for periods in busy.values():
            assert all(one[1] <= other[0] for one, other in itertools.pairwise(sorted(periods)))


def test_visits_are_on_the_providers_wall_clock_hours_on_both_sides_of_the_change(clinic: list[StoredDocument]) -> None:
    providers = {provider.id: provider for provider in of(clinic, Provider)}
    for visit in of(clinic, Appointment):
        if visit.start is None or visit.end is None:
            assert visit.status is AppointmentStatus.WAITLISTED
            continue
        provider = providers[visit.provider_id]
        start, end = (moment.astimezone(ZoneInfo(provider.time_zone)) for moment in (visit.start, visit.end))
        hours = provider.availability.weekly
        assert any(
            start.strftime("%A").upper() == open_.weekday
            and open_.start <= start.strftime("%H:%M")
            and end.strftime("%H:%M") <= open_.end
            for open_ in hours
        )
        assert start.date() not in {exception.date for exception in provider.availability.exceptions}


def test_statuses_fit_the_time(clinic: list[StoredDocument]) -> None:
    visits = of(clinic, Appointment)
    statuses = AppointmentStatus
    for visit in visits:
        if visit.status in {statuses.FULFILLED, statuses.NO_SHOW}:
            assert visit.end is not None
            assert visit.end <= ANCHOR
        if visit.status in {statuses.BOOKED, statuses.PENDING}:
            assert visit.start is not None
            assert visit.start > ANCHOR
        assert (visit.cancellation is not None) == (visit.status is statuses.CANCELLED)
    seen = {visit.status for visit in visits}
    assert seen >= {
        statuses.FULFILLED,
        statuses.CANCELLED,
        statuses.NO_SHOW,
        statuses.BOOKED,
        statuses.PENDING,
        statuses.WAITLISTED,
    }


def test_who_treats_whom_is_noted(clinic: list[StoredDocument]) -> None:
    treated = {patient.id: set(patient.treated_by) for patient in of(clinic, Patient)}
    assert all(visit.provider_id in treated[visit.patient_id] for visit in of(clinic, Appointment))


def test_events_stand_in_the_order_of_their_time(clinic: list[StoredDocument]) -> None:
    events = sorted(of(clinic, ScheduleEvent), key=lambda event: event.id)
    assert all(one.at <= other.at for one, other in itertools.pairwise(events))
    assert Counter(event.kind for event in events)[ScheduleEventKind.BOOKED] == sum(1 for _ in of(clinic, Appointment))


def test_a_condition_that_ended_is_not_active(clinic: list[StoredDocument]) -> None:
    conditions = of(clinic, Condition)
    ended = [condition for condition in conditions if condition.abated_at]
    assert ended
    assert all(condition.clinical_status is ConditionStatus.RESOLVED for condition in ended)


def test_no_known_allergies_is_said(clinic: list[StoredDocument]) -> None:
    said = [record for record in of(clinic, Record) if record.code == NO_KNOWN_ALLERGIES]
    assert len(said) > 50


def test_results_have_value_unit_range_and_interpretation(clinic: list[StoredDocument]) -> None:
    results = [record for record in of(clinic, Observation) if record.lab_report_id]
    for result in results:
        assert result.value is not None
        assert result.value.quantity is not None
        in_range = result.reference_ranges[0].contains(result.value.quantity.value)
        assert in_range == (result.interpretations == ["N"])
    assert {flag for result in results for flag in result.interpretations} >= {"N", "L", "H"}


def test_some_records_are_kept_close(clinic: list[StoredDocument]) -> None:
    records = of(clinic, Record)
    assert {record.confidentiality for record in records} == set(Confidentiality)
    assert any(record.release.hold for record in of(clinic, LabReport))
    assert any(record.status is RecordStatus.PRELIMINARY for record in of(clinic, LabReport))


def test_invoices_add_up_in_every_status(clinic: list[StoredDocument]) -> None:
    invoices = of(clinic, Invoice)
    assert {invoice.status for invoice in invoices} == set(InvoiceStatus)
    for invoice in invoices:
        assert sum(line.amount.minor_units for line in invoice.lines) == invoice.total.minor_units
        assert invoice.explanation[-1].running_total == invoice.patient_responsibility
        assert (invoice.number is not None) == (invoice.status in {InvoiceStatus.ISSUED, InvoiceStatus.BALANCED})
    numbers = sorted(int(invoice.number.split("-")[1]) for invoice in invoices if invoice.number)
    assert numbers == list(range(1, len(numbers) + 1))
    assert any(invoice.credits_invoice_id for invoice in invoices)
    assert any(
        invoice.due_on and invoice.due_on < ANCHOR.date() for invoice in invoices if invoice.status is InvoiceStatus.ISSUED
    )


def test_payments_are_of_every_kind_and_balance_what_is_balanced(clinic: list[StoredDocument]) -> None:
    from resolvers.money_of_invoices import settlement  # noqa: PLC0415

    payments = of(clinic, Payment)
    assert {payment.method for payment in payments} == set(PaymentMethod)
    assert {payment.status for payment in payments} == set(PaymentStatus)
    assert all(payment.amount.minor_units > 0 for payment in payments)
    on = defaultdict(list)
    for payment in payments:
        on[payment.invoice_id].append(payment)
    for invoice in of(clinic, Invoice):
        if invoice.status is InvoiceStatus.BALANCED:
            assert settlement(invoice, on[invoice.id]).balance.minor_units <= 0


def test_no_answer_is_not_not_covered(clinic: list[StoredDocument]) -> None:
    checks = of(clinic, EligibilityCheck)
    failed = [check for check in checks if check.outcome is EligibilityOutcome.ERROR]
    assert failed
    assert all(check.in_force is None for check in failed)
    assert any(coverage.status is CoverageStatus.CANCELLED for coverage in of(clinic, Coverage))


def test_the_showcase_has_enough_for_its_pages(clinic: list[StoredDocument]) -> None:
    records = [record for record in of(clinic, Observation) if record.patient_id == SHOWCASE_PATIENT_ID]
    visits = [visit for visit in of(clinic, Appointment) if visit.patient_id == SHOWCASE_PATIENT_ID]
    schedule = [visit for visit in of(clinic, Appointment) if visit.provider_id == SHOWCASE_PROVIDER_ID]
    assert (len(records) >= 50, len(visits) >= 10, len(schedule) >= 50) == (True, True, True)
