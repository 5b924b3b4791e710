"""The twelve Synthea bundles: complete, linked, to the cent, and unchanged by a second import."""

import gzip
import json
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from pymongo.asynchronous.database import AsyncDatabase

from models.appointment import Appointment, AppointmentStatus
from models.coverage import Coverage
from models.identity import imported_id
from models.invoice import Invoice, InvoiceStatus, Payment
from models.organization import Organization
from models.patient import Patient
from models.provider import Provider
from models.record import LabReport, Observation, Record
from models.stored_key_ring import StoredKeyRing
from ohms_graphql.database import Database
from ohms_graphql.fhir.storage import exact
from tests.ohms_graphql.fhir.conftest import Importer, Writes
from tests.opened import opened_rows, root_named

READ = {
    "Observation": 790,
    "Claim": 141,
    "Encounter": 115,
    "ExplanationOfBenefit": 115,
    "Immunization": 95,
    "DiagnosticReport": 52,
    "Procedure": 47,
    "Condition": 46,
    "MedicationRequest": 26,
    "CarePlan": 20,
    "Organization": 16,
    "Practitioner": 16,
    "Goal": 15,
    "Patient": 12,
    "AllergyIntolerance": 12,
    "ImagingStudy": 1,
}
KINDS = {
    "Record.Condition": "Condition",
    "Record.Allergy": "AllergyIntolerance",
    "Record.Medication": "MedicationRequest",
    "Record.Immunization": "Immunization",
    "Record.Observation": "Observation",
    "Record.LabReport": "DiagnosticReport",
    "Record.Procedure": "Procedure",
}
LINKS: list[tuple[type[Any], str, type[Any]]] = [
    (Appointment, "patient_id", Patient),
    (Appointment, "provider_id", Provider),
    (Appointment, "organization_id", Organization),
    (Record, "patient_id", Patient),
    (Record, "author_id", Provider),
    (Record, "appointment_id", Appointment),
    (Record, "lab_report_id", Record),
    (Invoice, "patient_id", Patient),
    (Invoice, "appointment_id", Appointment),
    (Invoice, "coverage_id", Coverage),
    (Payment, "invoice_id", Invoice),
    (Payment, "patient_id", Patient),
    (Coverage, "patient_id", Patient),
]


def resources(folder: Path) -> list[dict[str, Any]]:
    found = []
    for path in sorted(folder.glob("*.json.gz")):
        bundle = json.loads(gzip.decompress(path.read_bytes()), parse_float=Decimal)
        found += [entry["resource"] for entry in bundle["entry"]]
    return found


def patient_of(resource: dict[str, Any]) -> str | None:
    holder = resource.get("subject") or resource.get("patient")
    return holder["reference"].removeprefix("urn:uuid:") if holder else None


async def test_the_report_counts_what_the_bundles_hold(imported: Importer, synthea: Path) -> None:
    report = await imported(synthea)
    assert {name: counts.read for name, counts in report.types.items()} == READ
    assert {name: counts.written for name, counts in report.types.items()} == READ
    assert report.problems == []
    assert report.files_read == 12


async def test_every_patient_has_as_many_documents_as_the_bundle(synthea_database: Database, synthea: Path) -> None:
    expected: dict[str, Counter[str]] = {}
    for resource in resources(synthea):
        patient = patient_of(resource)
        if patient:
            expected.setdefault(imported_id("urn:test", "Patient", patient), Counter())[resource["resourceType"]] += 1
    assert len(expected) == await Patient.find({}).count() == 12
    for patient_id, counts in expected.items():
        found: Counter[str] = Counter()
        async for record in Record.get_pymongo_collection().find({"patient_id": patient_id}):
            found[KINDS.get(record["_class_id"]) or record["resource_type"]] += 1
        found["Encounter"] = await Appointment.find({"patient_id": patient_id}).count()
        found["Claim"] = await Invoice.find({"patient_id": patient_id}).count()
        async for invoice in exact(Invoice).find({"patient_id": patient_id}):
            found["ExplanationOfBenefit"] += len(invoice["imported_parts"]) - 1
        assert found == counts


async def test_every_link_leads_somewhere(synthea_database: Database) -> None:
    for document, field, target in LINKS:
        wanted = {value for value in await exact(document).distinct(field) if value is not None}
        assert wanted, f"{document.__name__}.{field} is never set"
        there = await exact(target).count_documents({"_id": {"$in": list(wanted)}})
        assert there == len(wanted), f"{document.__name__}.{field}"


async def test_nothing_is_lost_of_any_resource(synthea_database: Database, synthea: Path) -> None:
    kept: dict[str, Any] = {}
    for document in (Patient, Provider, Organization, Appointment, Record):
        for stored in await opened_rows(synthea_database.database, document):
            kept[stored["source"]["content"]["key"]] = stored["source"]["content"]["resource"]
    for stored in await opened_rows(synthea_database.database, Invoice):
        for part, entry in zip(stored["imported_parts"], stored["source"]["content"]["resource"]["entry"], strict=True):
            kept[part["key"]] = entry["resource"]
    for resource in resources(synthea):
        assert repr(kept[f"{resource['resourceType']}/{resource['id']}"]) == repr(resource)


async def test_numbers_keep_their_digits(synthea_database: Database, synthea: Path) -> None:
    checked = 0
    for resource in resources(synthea):
        if "valueQuantity" in resource:
            stored = await exact(Record).find_one({"_id": imported_id("urn:test", "Observation", resource["id"])}, {"value": 1})
            assert stored is not None
            assert str(stored["value"]["quantity"]["value"]) == str(resource["valueQuantity"]["value"])
            checked += 1
    assert checked == 661


async def test_reports_list_their_observations_in_order(synthea_database: Database, synthea: Path) -> None:
    listed = 0
    for resource in resources(synthea):
        if resource["resourceType"] == "DiagnosticReport":
            report_id = imported_id("urn:test", "DiagnosticReport", resource["id"])
            assert await LabReport.get(report_id) is not None
            found = await Observation.find({"lab_report_id": report_id}).sort("position").to_list()
            keys = [result["reference"].removeprefix("urn:uuid:") for result in resource["result"]]
            assert [observation.id for observation in found] == [imported_id("urn:test", "Observation", key) for key in keys]
            listed += len(found)
    assert listed == 383


async def test_visits_are_fulfilled_and_their_provider_has_the_patient_under_care(synthea_database: Database) -> None:
    treated = {patient.id: set(patient.treated_by) for patient in await Patient.find({}).to_list()}
    visits = await Appointment.find({}).to_list()
    assert {visit.status for visit in visits} == {AppointmentStatus.FULFILLED}
    seen: dict[str, set[str]] = {}
    for visit in visits:
        seen.setdefault(visit.patient_id, set()).add(visit.provider_id)
    assert seen == treated
    # One encounter names nobody: its patient saw one practitioner at that place, who stands in.
    assert [visit.reason for visit in visits if visit.unknown_fields.get("provider_inferred")] == ["Death Certification"]


async def test_every_invoice_adds_up(synthea_database: Database) -> None:
    invoices = await Invoice.find({}).to_list()
    assert len(invoices) == 141
    for invoice in invoices:
        total = invoice.total.minor_units
        assert sum(line.amount.minor_units for line in invoice.lines) == total
        assert all(line.unit_price.minor_units * line.quantity == line.amount.minor_units for line in invoice.lines)
        # These payers adjust nothing: what insurance leaves is the patient's.
        assert invoice.insurance.minor_units + invoice.patient_responsibility.minor_units == total
        first, *steps = invoice.explanation
        assert first.amount.minor_units == first.running_total.minor_units == total
        assert sum(step.amount.minor_units for step in steps) == -total
        assert (invoice.explanation[-1].running_total.minor_units) == 0
        assert (invoice.status is InvoiceStatus.BALANCED) == (invoice.patient_responsibility.minor_units == 0)
        assert invoice.appointment_id is not None


async def test_totals_and_payments_are_those_of_the_claims(synthea_database: Database, synthea: Path) -> None:
    def cents(amount: Decimal | int) -> int:
        return int((Decimal(amount) * 100).to_integral_value(ROUND_HALF_UP))

    answers = {}
    for resource in resources(synthea):
        if resource["resourceType"] == "ExplanationOfBenefit":
            answers[resource["claim"]["reference"].removeprefix("urn:uuid:")] = resource
    payments = {payment.invoice_id: payment for payment in await Payment.find({}).to_list()}
    checked = 0
    for resource in resources(synthea):
        if resource["resourceType"] == "Claim":
            invoice = await Invoice.get(imported_id("urn:test", "Claim", resource["id"]))
            assert invoice is not None
            assert invoice.total.minor_units == cents(resource["total"]["value"])
            paid = cents(answers[resource["id"]]["payment"]["amount"]["value"]) if resource["id"] in answers else 0
            assert invoice.insurance.minor_units == paid
            assert (payments[invoice.id].amount.minor_units if invoice.id in payments else 0) == paid
            checked += 1
    assert checked == 141


async def test_patients_have_the_coverage_their_claims_name(synthea_database: Database) -> None:
    coverages = await Coverage.find({}).to_list()
    assert Counter(coverage.payer for coverage in coverages) == {"private": 10, "medicaid": 1}
    assert len({coverage.patient_id for coverage in coverages}) == 11
    uncovered = await Invoice.find({"coverage_id": None}).to_list()
    payers = {
        str(entry["resource"]["insurance"])
        for invoice in uncovered
        if invoice.source
        for entry in invoice.source.resource["entry"]
    }
    assert all("no_insurance" in payer for payer in payers)


async def test_a_second_import_changes_nothing_and_writes_nothing(
    imported: Importer, synthea: Path, database: Database, writes: Writes
) -> None:
    await imported(synthea)
    before = await everything_in(database.database)
    writes.seen.clear()
    report = await imported(synthea)
    assert writes.seen == []
    assert report.total.unchanged == report.total.read == 1519
    assert report.total.written == 0
    assert await everything_in(database.database) == before


async def everything_in(database: AsyncDatabase[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """By collection, opened; but for the keys."""
    roots = {name: root_named(name) for name in await database.list_collection_names()}
    return {name: await opened_rows(database, root) for name, root in roots.items() if root not in {None, StoredKeyRing} and root}


async def test_files_by_type_give_the_same_clinic_as_bundles_by_patient(
    imported: Importer, synthea: Path, synthea_clinic: str, database: Database, tmp_path: Path
) -> None:
    """As a server exports in bulk: one file a type, so that most references lead to a file that comes later by name."""
    _put_by_type(synthea, tmp_path)
    report = await imported(tmp_path)
    assert report.problems == []
    assert report.total.written == 1519
    by_type = await everything_in(database.database)
    assert len(by_type["records"]) == 1104
    clinic = await everything_in(database.client[synthea_clinic])
    by_patient = {name: documents for name, documents in clinic.items() if name in by_type}
    assert {name: [_lasting(document) for document in documents] for name, documents in by_type.items()} == {
        name: [_lasting(document) for document in documents] for name, documents in by_patient.items()
    }


def _put_by_type(bundles: Path, folder: Path) -> None:
    lines: dict[str, list[str]] = {}
    for path in sorted(bundles.glob("*.json.gz")):
        for line in _resources_as_text(path):
            lines.setdefault(json.loads(line)["resourceType"], []).append(line)
    for name, texts in lines.items():
        (folder / f"{name}.ndjson").write_text("\n".join(texts))


def _resources_as_text(path: Path) -> list[str]:
    """Each resource with its numbers as they were written."""
    text = gzip.decompress(path.read_bytes()).decode()
    found, decoder, position = [], json.JSONDecoder(), 0
    while (position := text.find('"resource": {', position)) >= 0:
        start = position + len('"resource": ')
        _, position = decoder.raw_decode(text, start)
        found.append(text[start:position].replace("\n", " "))
    return found


def _lasting(document: dict[str, Any]) -> dict[str, Any]:
    """What does not depend on when and in how many steps a document was written."""
    kept = {name: value for name, value in document.items() if name not in {"created_at", "updated_at", "revision", "sample_key"}}
    if kept.get("resource_type") == "Goal":  # they say no date: theirs is that of the import
        del kept["recorded_at"]
    if "treated_by" in kept:
        kept["treated_by"] = sorted(kept["treated_by"])
    return kept
