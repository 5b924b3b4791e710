"""Our own bundle: every kind of resource becomes what it should, and nothing of it is lost."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from models.appointment import Appointment, AppointmentStatus
from models.coverage import Coverage
from models.identity import imported_id
from models.imported_resource import ImportedResource
from models.invoice import Invoice, InvoiceStatus, Payment, PaymentMethod, PaymentStatus
from models.organization import Organization
from models.patient import Patient
from models.provider import Provider
from models.record import (
    Allergy,
    AllergyCategory,
    AllergyCriticality,
    AllergyStatus,
    Condition,
    ConditionStatus,
    DocumentRecord,
    Immunization,
    Interpretation,
    LabReport,
    Medication,
    MedicationStatus,
    Observation,
    Procedure,
    ReactionSeverity,
    Record,
    RecordStatus,
)
from models.search_words import SearchTokens
from models.values import AdministrativeGender
from models.visit_type import VisitMode
from tests.ohms_graphql.fhir import sample
from tests.ohms_graphql.fhir.conftest import Importer

VISIT_START = datetime(2024, 3, 5, 14, 30, tzinfo=UTC)


def id_of(key: str) -> str:
    return imported_id("urn:test", *key.split("/"))


ANN, DOC, VISIT = id_of("Patient/ann"), id_of("Practitioner/doc"), id_of("Encounter/visit")


async def test_every_resource_goes_in_whatever_the_order(imported: Importer, tmp_path: Path) -> None:
    report = await imported(sample.put(tmp_path / "all.json", *sample.everything()))
    assert report.problems == []
    assert report.total.read == report.total.written == len(sample.everything())
    assert report.of("Practitioner").written == 2


async def test_a_patient_has_everything_that_the_source_says(imported: Importer, tmp_path: Path) -> None:
    await imported(sample.put(tmp_path / "all.json", *sample.everything()))
    ann = await Patient.get(ANN)
    assert ann is not None
    assert ann.mrn == "MRN-1"
    assert ann.name.text == "Ms. Ann B. Winter Jr."
    assert ann.birth_date == date(1980, 2, 29)
    assert ann.gender is AdministrativeGender.FEMALE
    assert [(contact.system, contact.value) for contact in ann.contacts] == [("PHONE", "555-0100"), ("OTHER", "12")]
    assert ann.address is not None
    assert ann.address.lines == ["2 Now St"]
    assert ann.preferred_language == "es"
    assert [(c.name, c.relationship, c.phone) for c in ann.emergency_contacts] == [("Otto Winter", "Father", "555-0101")]
    assert ann.deceased_at is None
    assert ann.treated_by == [DOC]
    assert [(member.provider_id, member.role) for member in ann.care_team] == [
        (DOC, "general practitioner"),
        (id_of("Practitioner/coach"), "Coach"),
    ]
    assert str(ann.extensions.plain["fhir"][0]["valueDecimal"]) == "1.5"
    assert ann.source is not None
    assert ann.source.key == "Patient/ann"
    assert ann.source.system == "urn:test"
    assert ann.source.resource["photo"] == sample.patient()["photo"]
    assert {SearchTokens.beginning(word) for word in ("ann", "winter")} <= set(ann.search_tokens.tokens)


async def test_a_provider_keeps_an_unverified_npi_and_gets_a_zone(imported: Importer, tmp_path: Path) -> None:
    await imported(sample.put(tmp_path / "all.json", *sample.everything()))
    doc, coach = await Provider.get(DOC), await Provider.get(id_of("Practitioner/coach"))
    assert doc is not None
    assert coach is not None
    assert (doc.npi, doc.npi_verified) == (sample.NPI, True)
    assert (coach.npi, coach.npi_verified) == ("200", False)
    assert doc.time_zone == "America/New_York"
    assert doc.credentials == ["MD", "Family physician"]
    assert doc.languages == ["en"]
    assert [found.text for found in doc.specialties] == ["Family practice"]
    assert doc.organization_ids == [id_of("Organization/clinic")]
    assert not doc.accepting_new_patients
    clinic = await Organization.get(id_of("Organization/clinic"))
    assert clinic is not None
    assert clinic.name == "Clinic on the Hill"


async def test_a_finished_encounter_is_a_fulfilled_appointment(imported: Importer, tmp_path: Path) -> None:
    await imported(sample.put(tmp_path / "all.json", *sample.everything()))
    visit = await Appointment.get(VISIT)
    assert visit is not None
    assert visit.status is AppointmentStatus.FULFILLED
    assert (visit.patient_id, visit.provider_id) == (ANN, DOC)
    assert visit.organization_id == id_of("Organization/clinic")
    assert (visit.start, visit.end) == (VISIT_START, datetime(2024, 3, 5, 15, tzinfo=UTC))
    assert visit.time_zone == "America/New_York"
    assert visit.mode is VisitMode.IN_PERSON
    assert visit.reason == "Diabetes"


async def test_history_allergy_and_vaccination_are_typed(imported: Importer, tmp_path: Path) -> None:
    await imported(sample.put(tmp_path / "all.json", *sample.everything()))
    diabetes = await Condition.get(id_of("Condition/diabetes"))
    assert diabetes is not None
    assert diabetes.clinical_status is ConditionStatus.ACTIVE
    assert diabetes.status is RecordStatus.FINAL
    assert diabetes.onset_at == datetime(2019, 1, 1, tzinfo=UTC)
    assert diabetes.recorded_at == datetime(2019, 6, 1, tzinfo=UTC)
    assert (diabetes.patient_id, diabetes.author_id, diabetes.appointment_id) == (ANN, DOC, VISIT)
    assert diabetes.severity is not None
    assert diabetes.severity.text == "Moderate"
    peanut = await Allergy.get(id_of("AllergyIntolerance/peanut"))
    assert peanut is not None
    assert peanut.clinical_status is AllergyStatus.ACTIVE
    assert peanut.criticality is AllergyCriticality.HIGH
    assert peanut.categories == [AllergyCategory.FOOD, AllergyCategory.MEDICATION]
    assert peanut.reactions[0].severity is ReactionSeverity.SEVERE
    assert peanut.reactions[0].onset_at == datetime(2017, 5, 1, tzinfo=UTC)
    flu = await Immunization.get(id_of("Immunization/flu"))
    assert flu is not None
    assert flu.given
    assert flu.lot_number == "L-7"
    assert flu.author_id == DOC


async def test_a_prescription_is_called_what_its_medication_is_called(imported: Importer, tmp_path: Path) -> None:
    await imported(sample.put(tmp_path / "all.json", *sample.everything()))
    metformin = await Medication.get(id_of("MedicationRequest/metformin"))
    assert metformin is not None
    assert metformin.code.text == "Metformin 500 MG"
    assert metformin.request_status is MedicationStatus.ACTIVE
    assert metformin.dosage == "1 tablet twice a day"
    assert [reason.text for reason in metformin.reasons] == ["Diabetes"]
    foot = await Procedure.get(id_of("Procedure/foot"))
    assert foot is not None
    assert foot.performed.end == datetime(2024, 3, 5, 14, 40, tzinfo=UTC)
    assert [reason.text for reason in foot.reasons] == ["Diabetes"]


async def test_a_report_has_its_observations_in_order(imported: Importer, tmp_path: Path) -> None:
    await imported(sample.put(tmp_path / "all.json", *sample.everything()))
    labs = await LabReport.get(id_of("DiagnosticReport/labs"))
    assert labs is not None
    assert labs.conclusion == "As expected."
    assert labs.effective_at == VISIT_START
    listed = await Observation.find({"lab_report_id": labs.id}).sort("position").to_list()
    assert [observation.code.text for observation in listed] == ["Glucose", "HbA1c"]
    hba1c = listed[1]
    assert hba1c.value is not None
    assert hba1c.value.quantity is not None
    assert hba1c.value.quantity.value == Decimal("7.1")
    assert hba1c.value.quantity.code == "%"
    assert hba1c.interpretations == [Interpretation.H]
    assert hba1c.reference_ranges[0].high == Decimal("5.6")
    assert hba1c.recorded_at == datetime(2024, 3, 6, 8, 0, 0, 123000, tzinfo=UTC)


async def test_what_has_no_typed_home_is_kept_whole(imported: Importer, tmp_path: Path) -> None:
    await imported(sample.put(tmp_path / "all.json", *sample.everything()))
    plan = await DocumentRecord.get(id_of("CarePlan/plan"))
    assert plan is not None
    assert plan.title == "Walk more"
    assert plan.content_type == "application/fhir+json"
    assert plan.resource_type == "CarePlan"
    assert plan.code.text == "Diabetes self management plan"
    assert (plan.author_id, plan.appointment_id) == (DOC, VISIT)
    assert plan.source is not None
    assert plan.source.resource == sample.care_plan()
    apart = await ImportedResource.find({}).to_list()
    assert {found.resource_type for found in apart} == {"Medication", "Location", "PractitionerRole"}
    assert all(found.source for found in apart)


async def test_a_claim_and_its_answer_are_one_invoice_that_adds_up(imported: Importer, tmp_path: Path) -> None:
    await imported(sample.put(tmp_path / "all.json", *sample.everything()))
    (invoice,) = await Invoice.find({}).to_list()
    assert invoice.id == id_of("Claim/bill")
    assert invoice.status is InvoiceStatus.ISSUED
    assert invoice.number is None
    assert invoice.issued_at == datetime(2024, 3, 5, 15, tzinfo=UTC)
    assert (invoice.patient_id, invoice.appointment_id) == (ANN, VISIT)
    assert [
        (line.description, line.quantity, line.unit_price.minor_units, line.amount.minor_units) for line in invoice.lines
    ] == [
        ("Check up", 1, 12500, 12500),
        ("HbA1c", 2, 2025, 4050),
    ]
    assert invoice.total.formatted == "165.50 USD"
    assert invoice.insurance.minor_units == 2040
    assert invoice.patient_responsibility.minor_units == 16550 - 2040 - 1000
    assert [(step.label, step.amount.minor_units, step.running_total.minor_units) for step in invoice.explanation] == [
        ("Charged", 16550, 16550),
        ("Contractual adjustment", -1000, 15550),
        ("Paid by Blue Hill Health", -2040, 13510),
        ("Deductible, for the patient", -500, 13010),
        ("Coinsurance, for the patient", -510, 12500),
        ("Not decided by an insurer, for the patient", -12500, 0),
    ]
    (payment,) = await Payment.find({}).to_list()
    assert payment.invoice_id == invoice.id
    assert payment.amount.minor_units == 2040
    assert payment.method is PaymentMethod.INSURANCE
    assert payment.status is PaymentStatus.SUCCEEDED
    assert payment.received_at == datetime(2024, 3, 21, tzinfo=UTC)
    assert invoice.source is not None
    assert [entry["resource"]["id"] for entry in invoice.source.resource["entry"]] == ["bill", "answer"]


async def test_coverage_is_taken_from_resources_and_from_explanations(imported: Importer, tmp_path: Path) -> None:
    await imported(sample.put(tmp_path / "all.json", *sample.everything()))
    coverages = {coverage.payer: coverage for coverage in await Coverage.find({}).to_list()}
    assert set(coverages) == {"Blue Hill Health", "Clinic on the Hill"}
    gold = coverages["Blue Hill Health"]
    assert (gold.patient_id, gold.plan_name, gold.member_id, gold.group_number) == (ANN, "Gold", "S-1", "G-9")
    assert gold.period.start == datetime(2024, 1, 1, tzinfo=UTC)
    (invoice,) = await Invoice.find({}).to_list()
    assert invoice.coverage_id == gold.id


async def test_a_single_resource_lines_and_gzip_are_read_as_well(imported: Importer, tmp_path: Path) -> None:
    sample.put_text(tmp_path / "a" / "one.json", '{"resourceType": "Organization", "id": "clinic", "name": "One"}')
    sample.put_lines(tmp_path / "b" / "people.NDJSON.gz", sample.practitioner(), sample.patient())
    sample.put(tmp_path / "c.json.gz", sample.encounter())
    sample.put_text(tmp_path / "d" / "bundles.ndjson", json.dumps(sample.bundle(sample.condition())) + "\n\n")
    (tmp_path / "notes.txt").write_text("not ours")
    report = await imported(tmp_path)
    assert report.problems == []
    assert report.total.written == 5
    assert (report.files_read, report.files_ignored) == (4, 1)
    assert await Record.find({}, with_children=True).count() == 1


async def test_a_file_named_twice_is_read_once(imported: Importer, tmp_path: Path) -> None:
    path = sample.put(tmp_path / "all.json", *sample.base())
    report = await imported(path, tmp_path)
    assert report.total.read == 4
