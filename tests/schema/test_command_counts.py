"""The number of database commands depends on the shape of an operation, never on the number of rows."""

from datetime import timedelta

import pytest

from models.appointment import Appointment, AppointmentStatus
from models.coverage import Coverage, CoverageStatus
from models.invoice import Invoice, InvoiceStatus, Payment, PaymentMethod, PaymentStatus
from models.patient import CareTeamMember, Patient
from models.record import Allergy, AllergyStatus, Condition, ConditionStatus, LabReport, Observation
from models.values import CodeableConcept, HumanName
from resolvers.billing.bookkeeping import book_imported
from tests.clinic import DIABETES, NOON, dollars
from tests.graph import Graph, gid

ROWS = 200

SCHEDULE = """query ($provider: ID!, $first: Int!) {
  appointments(first: $first, where: {provider: $provider}) { nodes {
    id start status patient { id name { text } } provider { name { text } } visitType { name }
    invoice { id total { formatted } balance { minorUnits } } records(first: 5) { nodes { id code { text } } }
    history { kind }
  } }
}"""

CHARTS = """query ($first: Int!) {
  patients(first: $first) { totalCount nodes {
    name { text } balance { minorUnits } careTeam { id }
    allergies { id } conditions { code { text } } coverages { payer verification { inForce } }
    appointments(first: 3) { totalCount nodes { start provider { id } } }
    labResults(first: 2) { nodes { observations { id } } }
    invoices(first: 2) { nodes { number payments { id } } }
    educationResources(first: 2) { nodes { title } }
  } }
}"""


async def _crowd(graph: Graph) -> None:
    """Two hundred patients of Dr. House, each with a visit, a record and an invoice."""
    house = graph.clinic.house
    patients, visits, records, money = [], [], [], []
    for number in range(ROWS):
        patient = Patient(
            mrn=f"C{number:06d}",
            name=HumanName(family=f"Family{number:03d}", given=["Given"]),
            treated_by=[house.id],
            care_team=[CareTeamMember(provider_id=house.id)],
        )
        start = NOON + timedelta(hours=number)
        visit = Appointment(
            status=AppointmentStatus.BOOKED,
            start=start,
            end=start + timedelta(minutes=20),
            time_zone="UTC",
            patient_id=patient.id,
            provider_id=house.id,
            visit_type_id=graph.clinic.follow_up.id,
        )
        of_visit = {"patient_id": patient.id, "appointment_id": visit.id, "effective_at": start}
        report = LabReport(code=CodeableConcept(text="Panel"), **of_visit)
        records += [
            report,
            Observation(code=CodeableConcept(text="Value"), lab_report_id=report.id, **of_visit),
            Condition(code=DIABETES, clinical_status=ConditionStatus.ACTIVE, **of_visit),
            Allergy(code=CodeableConcept(text="Nuts"), clinical_status=AllergyStatus.ACTIVE, **of_visit),
        ]
        invoice = Invoice(
            status=InvoiceStatus.ISSUED,
            patient_id=patient.id,
            appointment_id=visit.id,
            lines=[],
            total=dollars(100),
            insurance=dollars(0),
            patient_responsibility=dollars(100),
            issued_at=start,
        )
        payment = Payment(
            invoice_id=invoice.id,
            patient_id=patient.id,
            amount=dollars(10),
            method=PaymentMethod.CASH,
            status=PaymentStatus.SUCCEEDED,
        )
        money += [invoice, payment, Coverage(status=CoverageStatus.ACTIVE, patient_id=patient.id, payer="Aetna")]
        patients.append(patient)
        visits.append(visit)
    await Patient.insert_many(patients)
    await Appointment.insert_many(visits)
    for kind in (LabReport, Observation, Condition, Allergy, Invoice, Payment, Coverage):
        await kind.insert_many([document for document in records + money if type(document) is kind])


@pytest.fixture
async def crowd(graph: Graph) -> Graph:
    await _crowd(graph)
    await book_imported()
    return graph


@pytest.mark.parametrize("caller", ["house", "staff"])
async def test_a_schedule_of_any_length_takes_the_same_commands(crowd: Graph, caller: str) -> None:
    query = SCHEDULE if caller == "house" else SCHEDULE.replace("records(first: 5) { nodes { id code { text } } }", "")
    counts = {}
    for first in (1, 10, 100, ROWS):
        answer = await crowd.ask(caller, query, provider=gid(crowd.clinic.house), first=first)
        assert answer.errors == []
        assert len(answer.data["appointments"]["nodes"]) == first
        counts[first] = answer.commands
    assert len(set(counts.values())) == 1, counts
    assert counts[1] <= 10


async def test_any_number_of_charts_takes_the_same_commands(crowd: Graph) -> None:
    counts = {}
    for first in (1, 10, 100):
        answer = await crowd.ask("house", CHARTS, first=first)
        assert answer.errors == []
        assert len(answer.data["patients"]["nodes"]) == first
        counts[first] = answer.commands
    assert len(set(counts.values())) == 1, counts
    assert counts[1] <= 26


async def test_pages_that_hang_on_many_parents_are_each_parents_own(crowd: Graph) -> None:
    data = await crowd.data("house", CHARTS, first=50)
    for patient in data["patients"]["nodes"]:
        if patient["name"]["text"].startswith("Given"):
            assert patient["appointments"]["totalCount"] == 1
            assert len(patient["labResults"]["nodes"]) == 1
            assert patient["balance"] == {"minorUnits": 90}


async def test_a_count_is_made_only_when_asked_for(graph: Graph) -> None:
    without = await graph.ask("staff", "{ patients { nodes { id } } }")
    counted = await graph.ask("staff", "{ patients { nodes { id } totalCount } }")
    assert (without.commands, counted.commands) == (2, 3)  # one of them writes the entry in the audit trail
