"""The demo's charts keep the rules of the field."""

from collections import Counter, defaultdict
from datetime import timedelta

from beanie.odm.utils.parsing import parse_obj

from models.appointment import Appointment, AppointmentStatus
from models.patient import Patient
from models.provider import Provider
from models.record import (
    Allergy,
    AllergyCriticality,
    AllergyStatus,
    ClinicalNote,
    Condition,
    ConditionStatus,
    Confidentiality,
    Immunization,
    Interpretation,
    LabReport,
    Medication,
    MedicationStatus,
    Observation,
    Procedure,
    Record,
    RecordStatus,
    RecordVersion,
    ReleaseHoldReason,
)
from ohms_graphql.demo.cast import PARENTS_TEENAGER, PSYCHIATRIST, SHOWCASE_PATIENT_ID, demo_id
from ohms_graphql.demo.data.codes import CVX, ICD10, LOINC, RXNORM, SNOMED
from ohms_graphql.demo.data.laboratory import PANELS, LabTest
from ohms_graphql.demo.data.prevention import NO_KNOWN_ALLERGIES, PENICILLIN
from tests.ohms_graphql.demo.documents import Documents

TESTS: dict[str, LabTest] = {test.key: test for panel in PANELS.values() for test in panel.tests}
ACTIVE = {ConditionStatus.ACTIVE, ConditionStatus.RECURRENCE, ConditionStatus.RELAPSE}


def test_each_record_belongs_to_its_author_and_its_visit_and_is_of_the_past(demo: Documents) -> None:
    visits, providers = demo.by_id(Appointment), demo.by_id(Provider)
    for record in demo.of(Record):
        assert record.author_id in providers
        assert record.effective_at is not None
        assert record.effective_at <= record.recorded_at <= record.updated_at <= demo.anchor
        if record.appointment_id is not None:
            visit = visits[record.appointment_id]
            assert visit.status is AppointmentStatus.FULFILLED
            assert (record.patient_id, record.author_id) == (visit.patient_id, visit.provider_id)
    noted = {note.appointment_id for note in demo.of(ClinicalNote)}
    yesterday = demo.anchor - timedelta(hours=2)
    assert all(
        visit.id in noted
        for visit in visits.values()
        if visit.status is AppointmentStatus.FULFILLED and visit.end and visit.end < yesterday
    )


def test_codes_come_from_the_right_systems_and_none_is_cpt(demo: Documents) -> None:
    systems = {Medication: {RXNORM}, Immunization: {CVX}, LabReport: {LOINC}, Observation: {LOINC}, Allergy: {SNOMED}}
    for kind, expected in systems.items():
        assert all({coding.system for coding in record.code.codings} == expected for record in demo.of(kind))
    assert all({coding.system for coding in record.code.codings} == {SNOMED, ICD10} for record in demo.of(Condition))
    assert all(coding.display for record in demo.of(Record) for coding in record.code.codings)
    assert not any("ama-assn" in coding.system for record in demo.of(Record) for coding in record.code.codings)
    assert demo.of(Procedure)


def test_a_condition_that_ended_is_not_active(demo: Documents) -> None:
    conditions = demo.of(Condition)
    for condition in conditions:
        assert condition.onset_at is not None
        if condition.abated_at is not None:
            assert condition.clinical_status not in ACTIVE
            assert condition.onset_at < condition.abated_at <= demo.anchor
    assert {condition.clinical_status for condition in conditions} >= {
        ConditionStatus.ACTIVE,
        ConditionStatus.RESOLVED,
        ConditionStatus.REMISSION,
    }
    assert len({condition.code.text for condition in conditions}) >= 20


def test_everybody_was_asked_about_allergies_and_no_known_allergies_is_a_statement(demo: Documents) -> None:
    told = defaultdict(list)
    for allergy in demo.of(Allergy):
        told[allergy.patient_id].append(allergy)
    for patient in demo.of(Patient):
        none = [allergy for allergy in told[patient.id] if allergy.code == NO_KNOWN_ALLERGIES]
        assert len(none) in {0, len(told[patient.id])}
        assert told[patient.id]
    found = [allergy for allergy in demo.of(Allergy) if allergy.code != NO_KNOWN_ALLERGIES]
    assert all(allergy.criticality and allergy.categories for allergy in found)
    assert all(reaction.severity and reaction.manifestations for allergy in found for reaction in allergy.reactions)
    assert {allergy.criticality for allergy in found} == {AllergyCriticality.LOW, AllergyCriticality.HIGH}
    assert {allergy.clinical_status for allergy in demo.of(Allergy)} >= {AllergyStatus.ACTIVE}


def test_nobody_allergic_to_penicillin_gets_any(demo: Documents) -> None:
    allergic = {allergy.patient_id for allergy in demo.of(Allergy) if allergy.code == PENICILLIN.code}
    given = {drug.patient_id for drug in demo.of(Medication) if "amoxicillin" in drug.code.text}
    assert allergic
    assert given
    assert not allergic & given


def test_medicines_say_how_they_are_taken_and_what_for(demo: Documents) -> None:
    assert all(drug.dosage and drug.reasons for drug in demo.of(Medication))
    assert {drug.request_status for drug in demo.of(Medication)} == {
        MedicationStatus.ACTIVE,
        MedicationStatus.COMPLETED,
        MedicationStatus.STOPPED,
    }
    assert {shot.given for shot in demo.of(Immunization)} == {True, False}


def test_results_have_value_unit_range_and_the_interpretation_that_follows_from_them(demo: Documents) -> None:
    patients = demo.by_id(Patient)
    results = [result for result in demo.of(Observation) if result.lab_report_id and result.value and result.value.quantity]
    assert len(results) > 1000
    for result in results:
        assert result.value is not None
        assert result.value.quantity is not None
        test = TESTS[result.code.codings[0].code]
        value, gender = result.value.quantity.value, patients[result.patient_id].gender
        assert result.value.quantity.code == test.unit
        assert result.reference_ranges == [test.range(gender)]
        assert result.interpretations == [test.interpretation(value, gender)]
        assert result.reference_ranges[0].contains(value) == (result.interpretations == [Interpretation.N])
    seen = {flag for result in demo.of(Observation) for flag in result.interpretations}
    assert seen >= set(Interpretation) - {Interpretation.AA}


def test_blood_pressure_has_two_components_and_the_systolic_is_the_higher(demo: Documents) -> None:
    pressures = [record for record in demo.of(Observation) if record.components]
    assert len(pressures) > 500
    for record in pressures:
        systolic, diastolic = record.components
        assert systolic.value is not None
        assert systolic.value.quantity is not None
        assert diastolic.value is not None
        assert diastolic.value.quantity is not None
        assert systolic.value.quantity.value > diastolic.value.quantity.value


def test_what_people_have_shows_in_their_results(demo: Documents) -> None:
    diabetic = {record.patient_id for record in demo.of(Condition) if record.code.codings[0].code == "44054006"}
    sums: Counter[bool] = Counter()
    counts: Counter[bool] = Counter()
    for result in demo.of(Observation):
        if result.code.codings[0].code == "2345-7" and result.value and result.value.quantity:
            sums[result.patient_id in diabetic] += int(result.value.quantity.value)
            counts[result.patient_id in diabetic] += 1
    assert sums[True] / counts[True] > sums[False] / counts[False] + 20


def test_notes_are_signed_after_the_visit_by_whoever_held_it(demo: Documents) -> None:
    visits = demo.by_id(Appointment)
    for note in demo.of(ClinicalNote):
        end = visits[note.appointment_id or ""].end
        assert end is not None
        assert note.signed_at is not None
        assert end < note.signed_at <= demo.anchor


def test_restricted_records_stand_beside_ordinary_ones(demo: Documents) -> None:
    records = demo.of(Record)
    secret = [record for record in records if record.confidentiality is Confidentiality.VERY_RESTRICTED]
    assert secret
    assert {(type(record), record.author_id) for record in secret} == {(ClinicalNote, demo_id("Provider", PSYCHIATRIST))}
    teenager = [record for record in records if record.patient_id == demo_id("Patient", PARENTS_TEENAGER)]
    restricted = [record for record in teenager if record.confidentiality is Confidentiality.RESTRICTED]
    assert len(restricted) == 1
    assert len(teenager) > 10
    dependence = [record for record in demo.of(Condition) if record.code.codings[0].code == "66590003"]
    assert dependence
    assert {record.confidentiality for record in dependence} == {Confidentiality.RESTRICTED}


def test_a_hold_has_a_reason_a_provider_and_an_end_and_covers_the_results_of_its_report(demo: Documents) -> None:
    providers = demo.by_id(Provider)
    held = [report for report in demo.of(LabReport) if report.release.hold]
    assert {report.release.hold.reason for report in held if report.release.hold} == set(ReleaseHoldReason)
    assert {report.release.released(demo.anchor) for report in held} == {True, False}
    for report in held:
        assert report.release.hold is not None
        assert report.release.hold.by_id in providers
        assert report.release.hold.until > report.recorded_at
        assert (report.release.at is not None) == report.release.released(demo.anchor)
    for record in demo.of(Record):
        if record.release.hold is None:
            assert record.release.at is not None
            assert record.release.at <= demo.anchor


def test_a_report_and_its_results_are_preliminary_together_and_a_registered_one_has_none(demo: Documents) -> None:
    results = defaultdict(list)
    for result in demo.of(Observation):
        if result.lab_report_id:
            results[result.lab_report_id].append(result)
    for report in demo.of(LabReport):
        of_report = results[report.id]
        assert bool(of_report) == (report.status is not RecordStatus.REGISTERED)
        assert [result.position for result in of_report] == list(range(len(of_report)))
        for result in of_report:
            assert result.release == report.release
            assert (result.status is RecordStatus.PRELIMINARY) == (report.status is RecordStatus.PRELIMINARY)
    assert any(report.status is RecordStatus.PRELIMINARY for report in demo.of(LabReport))


def test_what_was_changed_keeps_its_earlier_version_as_it_was(demo: Documents) -> None:
    records = demo.by_id(Record)
    versions = demo.of(RecordVersion)
    changed = {records[version.record_id].status for version in versions}
    assert changed == {RecordStatus.CORRECTED, RecordStatus.AMENDED, RecordStatus.ENTERED_IN_ERROR}
    for version in versions:
        now, before = records[version.record_id], parse_obj(Record, version.document)
        assert type(before) is type(now)
        assert (before.version, before.status, now.version) == (version.version, RecordStatus.FINAL, version.version + 1)
        assert (
            before.model_dump(exclude={"status", "version", "revision", "updated_at"})
            != now.model_dump(exclude={"status", "version", "revision", "updated_at"})
            or now.status is RecordStatus.ENTERED_IN_ERROR
        )
    assert {record.id for record in records.values() if record.version > 1} == {version.record_id for version in versions}


def test_the_chart_page_is_full(demo: Documents) -> None:
    mine = [record for record in demo.of(Record) if record.patient_id == SHOWCASE_PATIENT_ID]
    kinds = Counter(type(record) for record in mine)
    active = [record for record in mine if isinstance(record, Condition) and record.clinical_status is ConditionStatus.ACTIVE]
    assert kinds[Observation] >= 50
    assert len(active) >= 5
    assert kinds[Allergy] >= 2
    assert kinds[Medication] >= 3
