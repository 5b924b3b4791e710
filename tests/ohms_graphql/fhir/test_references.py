"""What refers to what: over files, over imports, and to nowhere."""

import json
from pathlib import Path

from models.appointment import Appointment
from models.coverage import Coverage
from models.invoice import Invoice, Payment
from models.patient import Patient
from models.record import Condition, DocumentRecord, LabReport, Medication, Observation, Record
from tests.ohms_graphql.fhir import sample
from tests.ohms_graphql.fhir.conftest import Importer
from tests.ohms_graphql.fhir.sample import to
from tests.ohms_graphql.fhir.test_sample_import import ANN, DOC, VISIT, id_of

NOWHERE = "that is in neither this import nor the database"


async def test_files_may_come_in_any_order(imported: Importer, tmp_path: Path) -> None:
    for number, resource in enumerate(sample.everything()):
        sample.put(tmp_path / f"{number:02}.json", resource)
    report = await imported(tmp_path)
    assert report.problems == []
    assert report.total.written == len(sample.everything())
    hba1c = await Observation.get(id_of("Observation/hba1c"))
    assert hba1c is not None
    assert hba1c.lab_report_id == id_of("DiagnosticReport/labs")
    assert await Invoice.find({}).count() == await Payment.find({}).count() == 1
    # The claim came without its explanation at first: what it says of the insurer is not taken for another coverage.
    assert await Coverage.find({}).count() == 2


async def test_a_later_import_refers_to_an_earlier_one(imported: Importer, tmp_path: Path) -> None:
    await imported(sample.put(tmp_path / "base.json", *sample.base()))
    report = await imported(sample.put(tmp_path / "more.json", sample.condition(), sample.care_plan()))
    assert report.problems == []
    condition = await Condition.get(id_of("Condition/diabetes"))
    assert condition is not None
    assert (condition.patient_id, condition.author_id, condition.appointment_id) == (ANN, DOC, VISIT)


async def test_every_form_of_reference_is_understood(imported: Importer, tmp_path: Path) -> None:
    uuid = "0a2b3c4d-0000-4000-8000-000000000001"
    entries = [
        {"fullUrl": f"urn:uuid:{uuid}", "resource": sample.patient(id=None)},
        {"fullUrl": "https://fhir.example/r4/Practitioner/doc", "resource": sample.practitioner()},
        {"fullUrl": "urn:uuid:0a2b3c4d-0000-4000-8000-000000000002", "resource": sample.encounter(
            subject=to(f"urn:uuid:{uuid}"),
            participant=[{"individual": to("Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|1234567893")}],
            serviceProvider={"display": "named only"},
        )},
        {"fullUrl": "urn:uuid:0a2b3c4d-0000-4000-8000-000000000003", "resource": sample.condition(
            subject=to(f"https://elsewhere.example/Patient/{uuid}/_history/3"),
            encounter=to("urn:uuid:0a2b3c4d-0000-4000-8000-000000000002"),
            recorder=to("https://fhir.example/r4/Practitioner/doc"),
            asserter=to("#self"),
            contained=[{"resourceType": "Practitioner", "id": "self"}],
        )},
    ]  # fmt: skip
    del entries[0]["resource"]["id"]  # type: ignore[attr-defined]
    del entries[0]["resource"]["generalPractitioner"]  # type: ignore[attr-defined]
    text = json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": entries})
    report = await imported(sample.put_text(tmp_path / "a.json", text))
    assert report.problems == []
    ann = id_of(f"Patient/{uuid}")
    visit = await Appointment.get(VISIT)
    assert visit is not None
    assert (visit.patient_id, visit.provider_id, visit.organization_id) == (ann, DOC, None)
    condition = await Condition.get(id_of("Condition/diabetes"))
    assert condition is not None
    assert (condition.patient_id, condition.author_id, condition.appointment_id) == (ann, DOC, VISIT)


async def test_urn_references_find_what_an_earlier_import_brought(imported: Importer, tmp_path: Path) -> None:
    uuid = "0a2b3c4d-0000-4000-8000-000000000001"
    patient = sample.patient(id=uuid, generalPractitioner=[])
    await imported(sample.put(tmp_path / "a.json", patient))
    report = await imported(
        sample.put(tmp_path / "b.json", sample.allergy(patient=to(f"urn:uuid:{uuid}"), recorder=to("urn:uuid:not-there")))
    )
    assert report.problems == [f"{tmp_path}/b.json entry 1 AllergyIntolerance: recorder: refers to a resource {NOWHERE}"]
    assert await Record.find({"patient_id": id_of(f"Patient/{uuid}")}, with_children=True).count() == 1


async def test_a_record_of_a_patient_who_is_nowhere_is_refused(imported: Importer, tmp_path: Path) -> None:
    path = sample.put(tmp_path / "a.json", sample.condition(subject=to("Patient/ghost")), sample.organization())
    report = await imported(path)
    assert report.problems[0] == f"{path} entry 1 Condition: subject: refers to a Patient {NOWHERE}"
    assert report.of("Condition").refused == 1
    assert report.of("Organization").written == 1
    assert await Record.find({}, with_children=True).count() == 0


async def test_a_broken_link_is_left_empty_and_told(imported: Importer, tmp_path: Path) -> None:
    path = sample.put(
        tmp_path / "a.json",
        *sample.base(),
        sample.condition(encounter=to("Encounter/ghost"), evidence=[{"detail": [to("Observation/ghost")]}]),
    )
    report = await imported(path)
    assert report.problems == [
        f"{path} entry 5 Condition: encounter: refers to an Encounter {NOWHERE}",
        f"{path} entry 5 Condition: evidence[0].detail[0]: refers to an Observation {NOWHERE}",
    ]
    assert report.broken_references == 2
    assert report.of("Condition").written == 1
    condition = await Condition.get(id_of("Condition/diabetes"))
    assert condition is not None
    assert condition.appointment_id is None
    assert condition.author_id == DOC


async def test_a_broken_link_is_filled_once_its_target_has_come(imported: Importer, tmp_path: Path) -> None:
    organization, practitioner, patient, encounter = sample.base()
    path = sample.put(tmp_path / "a.json", organization, practitioner, patient, sample.condition())
    assert (await imported(path)).broken_references == 1
    await Condition.get_pymongo_collection().update_one({}, {"$set": {"severity": None}})  # the clinic's own change
    report = await imported(path, sample.put(tmp_path / "b.json", encounter))
    assert report.problems == []
    assert report.of("Condition").written == 1
    condition = await Condition.get(id_of("Condition/diabetes"))
    assert condition is not None
    assert condition.appointment_id == VISIT
    assert condition.severity is None
    assert (condition.version, condition.revision) == (1, 2)
    assert (await imported(tmp_path)).total.unchanged == 5


async def test_what_refers_to_a_refused_resource_says_so(imported: Importer, tmp_path: Path) -> None:
    organization, practitioner, patient, encounter = sample.base()
    del encounter["status"]
    path = sample.put(tmp_path / "a.json", organization, practitioner, patient, encounter, sample.condition())
    report = await imported(path)
    assert report.problems == [
        f"{path} entry 4 Encounter: status: required",
        f"{path} entry 5 Condition: encounter: refers to an Encounter that was refused",
    ]
    condition = await Condition.get(id_of("Condition/diabetes"))
    assert condition is not None
    assert condition.appointment_id is None


async def test_records_of_a_refused_patient_are_refused(imported: Importer, tmp_path: Path) -> None:
    organization, practitioner, patient, encounter = sample.base()
    patient["gender"] = "F"
    path = sample.put(tmp_path / "a.json", organization, practitioner, patient, encounter, sample.condition())
    report = await imported(path)
    assert report.problems == [
        f"{path} entry 3 Patient: gender: one of male, female, other, unknown expected",
        f"{path} entry 4 Encounter: subject: refers to a Patient that was refused",
        f"{path} entry 5 Condition: subject: refers to a Patient that was refused",
    ]
    assert await Appointment.find({}).count() == 0


async def test_a_refused_change_leaves_the_earlier_resource_to_refer_to(imported: Importer, tmp_path: Path) -> None:
    await imported(sample.put(tmp_path / "a.json", *sample.base()))
    broken = sample.patient(birthDate="yesterday")
    report = await imported(sample.put(tmp_path / "b.json", broken, sample.allergy()))
    assert [problem.split(" entry ")[1] for problem in report.problems] == [
        "1 Patient: birthDate: FHIR date or time with zone expected"
    ]
    assert report.of("AllergyIntolerance").written == 1


async def test_an_observation_imported_before_its_report_joins_it(imported: Importer, tmp_path: Path) -> None:
    await imported(sample.put(tmp_path / "a.json", *sample.base(), sample.observation()))
    await imported(sample.put(tmp_path / "b.json", sample.report(result=[to("Observation/hba1c")])))
    hba1c = await Observation.get(id_of("Observation/hba1c"))
    assert hba1c is not None
    assert hba1c.lab_report_id == id_of("DiagnosticReport/labs")
    assert await LabReport.find({}).count() == 1


async def test_an_observation_imported_after_its_report_joins_it_when_both_come_again(imported: Importer, tmp_path: Path) -> None:
    base = sample.put(tmp_path / "base.json", *sample.base())
    report_file = sample.put(tmp_path / "report.json", sample.report(result=[to("Observation/hba1c")]))
    assert (await imported(base, report_file)).broken_references == 1
    await imported(sample.put(tmp_path / "observation.json", sample.observation()))
    report = await imported(tmp_path)
    assert report.problems == []
    hba1c = await Observation.get(id_of("Observation/hba1c"))
    assert hba1c is not None
    assert hba1c.lab_report_id == id_of("DiagnosticReport/labs")


async def test_an_encounter_without_a_practitioner_takes_the_only_one_its_patient_saw_there(
    imported: Importer, tmp_path: Path
) -> None:
    other = sample.encounter(id="other", participant=[])
    report = await imported(sample.put(tmp_path / "a.json", *sample.base(), other))
    assert report.problems == []
    visit = await Appointment.get(id_of("Encounter/other"))
    assert visit is not None
    assert visit.provider_id == DOC
    assert visit.unknown_fields["provider_inferred"] is True


async def test_an_encounter_of_nobody_is_kept_in_the_record(imported: Importer, tmp_path: Path) -> None:
    coach = sample.practitioner(id="coach", identifier=[{"value": "200"}])
    second = sample.encounter(id="second", participant=[{"individual": to("Practitioner/coach")}])
    nobodys = sample.encounter(id="nobodys", participant=[])
    condition = sample.condition(encounter=to("Encounter/nobodys"))
    report = await imported(sample.put(tmp_path / "a.json", *sample.base(), coach, second, nobodys, condition))
    assert report.problems == []
    kept = await DocumentRecord.get(id_of("Encounter/nobodys"))
    assert kept is not None
    assert (kept.resource_type, kept.title, kept.patient_id) == ("Encounter", "Check up", ANN)
    found = await Condition.get(id_of("Condition/diabetes"))
    assert found is not None
    assert found.appointment_id is None
    again = await imported(sample.put(tmp_path / "b.json", condition))
    assert (again.problems, again.total.unchanged) == ([], 1)


async def test_who_treats_a_patient_is_found_through_a_role(imported: Importer, tmp_path: Path) -> None:
    role = {"resourceType": "PractitionerRole", "id": "role", "practitioner": to("Practitioner/doc")}
    encounter = sample.encounter(participant=[{"individual": to("PractitionerRole/role")}])
    report = await imported(sample.put(tmp_path / "a.json", encounter, role, *sample.base()[:3]))
    assert report.problems == []
    ann = await Patient.get(ANN)
    assert ann is not None
    assert ann.treated_by == [DOC]


async def test_a_contained_medication_is_found_and_a_missing_one_refused(imported: Importer, tmp_path: Path) -> None:
    inside = [{"resourceType": "Medication", "id": "m", "code": {"text": "Aspirin"}}]
    good = sample.medication_request(id="a", medicationReference=to("#m"), contained=inside, reasonReference=[])
    missing = sample.medication_request(id="b", medicationReference=to("#n"), contained=inside, reasonReference=[])
    path = sample.put(tmp_path / "a.json", *sample.base(), good, missing)
    report = await imported(path)
    assert report.problems == [f"{path} entry 6 MedicationRequest: medicationReference: a Medication with a code expected"]
    found = await Medication.get(id_of("MedicationRequest/a"))
    assert found is not None
    assert found.code.text == "Aspirin"


async def test_an_explanation_whose_claim_never_came_is_an_invoice_of_its_own(imported: Importer, tmp_path: Path) -> None:
    base = sample.put(tmp_path / "base.json", *sample.base())
    report = await imported(base, sample.put(tmp_path / "eob.json", sample.benefit()))
    assert report.problems == [f"{tmp_path}/eob.json entry 1 ExplanationOfBenefit: claim: refers to a Claim {NOWHERE}"]
    (invoice,) = await Invoice.find({}).to_list()
    assert invoice.total.minor_units == 4050
    assert invoice.insurance.minor_units == 2040
    # The claim, coming later, completes the same invoice.
    report = await imported(sample.put(tmp_path / "claim.json", sample.claim()))
    assert report.problems == []
    (invoice,) = await Invoice.find({}).to_list()
    assert invoice.total.minor_units == 16550
    assert invoice.insurance.minor_units == 2040
    assert await Payment.find({}).count() == 1
