"""What single elements of resources mean: statuses, values, names, and what FHIR leaves open."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from models.appointment import Appointment, AppointmentStatus
from models.base import StoredDocument
from models.coverage import Coverage, CoverageOrder, CoverageStatus, SubscriberRelationship
from models.organization import Organization
from models.patient import Patient
from models.record import (
    Allergy,
    AllergyStatus,
    Condition,
    ConditionStatus,
    Confidentiality,
    DocumentRecord,
    Immunization,
    LabReport,
    Medication,
    Observation,
    ObservationValue,
    Procedure,
    RecordStatus,
)
from models.source import new_source
from models.visit_type import VisitMode
from ohms_graphql.fhir.directory import Directory
from ohms_graphql.fhir.element import Element
from ohms_graphql.fhir.index import Index, Standing
from ohms_graphql.fhir.keys import Key
from ohms_graphql.fhir.links import Links
from ohms_graphql.fhir.mapping import map_resource
from ohms_graphql.fhir.plan import Frame
from tests.ohms_graphql.fhir import sample
from tests.ohms_graphql.fhir.conftest import OPTIONS
from tests.ohms_graphql.fhir.sample import Resource, concept

pytestmark = pytest.mark.usefixtures("database")


def mapped(resource: Resource) -> Any:
    """The document of a resource, as read from a file, whose references all lead to resources of the same import."""
    resource = json.loads(json.dumps(resource), parse_float=Decimal)
    index = Index()
    for found in sample.everything():
        index.standing[Key(found["resourceType"], found["id"])] = Standing.READY
    key = Key(resource["resourceType"], resource["id"])
    source = new_source(OPTIONS.source, str(key), "", resource)
    document: StoredDocument = map_resource(
        Element(resource), Frame(key, source, Links(Directory(index, OPTIONS.source), OPTIONS.source), OPTIONS)
    ).document
    return document


def verified(code: str) -> Resource:
    return {"verificationStatus": {"coding": [{"system": "v", "code": code}]}}


def clinical(code: str) -> Resource:
    return {"clinicalStatus": {"coding": [{"system": "c", "code": code}]}}


@pytest.mark.parametrize(
    ("fields", "status", "clinical_status"),
    [
        ({}, RecordStatus.FINAL, ConditionStatus.ACTIVE),
        (clinical("remission"), RecordStatus.FINAL, ConditionStatus.REMISSION),
        (clinical("active") | {"abatementDateTime": "2020"}, RecordStatus.FINAL, ConditionStatus.RESOLVED),
        (clinical("relapse") | {"abatementString": "last year"}, RecordStatus.FINAL, ConditionStatus.RESOLVED),
        (clinical("inactive") | {"abatementDateTime": "2020"}, RecordStatus.FINAL, ConditionStatus.INACTIVE),
        (verified("provisional"), RecordStatus.PRELIMINARY, ConditionStatus.ACTIVE),
        (verified("refuted") | {"clinicalStatus": None}, RecordStatus.CANCELLED, ConditionStatus.INACTIVE),
        (verified("entered-in-error") | {"clinicalStatus": None}, RecordStatus.ENTERED_IN_ERROR, ConditionStatus.INACTIVE),
    ],
)
def test_a_condition_with_an_abatement_is_never_active(
    fields: Resource, status: RecordStatus, clinical_status: ConditionStatus
) -> None:
    condition: Condition = mapped(sample.condition(**fields))
    assert (condition.status, condition.clinical_status) == (status, clinical_status)


def test_no_known_allergies_is_a_statement_of_its_own() -> None:
    allergy: Allergy = mapped(sample.allergy(code=concept("716186003", "No known allergy"), category=None, reaction=None))
    assert allergy.code.codings[0].code == "716186003"
    assert allergy.clinical_status is AllergyStatus.ACTIVE


def test_what_has_no_code_says_so() -> None:
    assert mapped(sample.condition(code=None)).code.text == "Condition without a code"
    assert mapped(sample.procedure(code={"coding": [{"display": "Sewing"}]})).code.text == "Sewing"


@pytest.mark.parametrize(
    ("fields", "value"),
    [
        ({"valueString": "turbid"}, {"text": "turbid"}),
        ({"valueBoolean": False}, {"boolean": False}),
        ({"valueTime": "12:30:00"}, {"text": "12:30:00"}),
        ({"valueDateTime": "2024-03-05"}, {"at": datetime(2024, 3, 5, tzinfo=UTC)}),
        ({"valueRange": {"low": {"value": 1}, "high": {"value": 5, "unit": "mg"}}}, {"text": "1 - 5 mg"}),
        ({"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 128}}}, {"text": "1 : 128"}),
        ({"valuePeriod": {"start": "2024", "end": "2025"}}, {"text": "2024-01-01T00:00:00+00:00 - 2025-01-01T00:00:00+00:00"}),
        ({"valueSampledData": {"data": "1 2 3"}}, {"text": "1 2 3"}),
        ({"valueQuantity": {"value": 5, "comparator": "<", "unit": "mg/L"}}, {"text": "< 5 mg/L"}),
        ({"valueQuantity": {"unit": "mg/L"}}, None),
        ({"valueQuantity": None, "dataAbsentReason": {"text": "lost"}}, None),
    ],
)
def test_every_kind_of_value_is_read(fields: Resource, value: dict[str, Any] | None) -> None:
    observation: Observation = mapped(sample.observation(**fields))
    assert observation.value == (None if value is None else ObservationValue(**value))


def test_numbers_and_codes_are_values_too() -> None:
    integer: Observation = mapped(sample.observation(valueInteger=3))
    assert integer.value is not None
    assert integer.value.quantity is not None
    assert (integer.value.quantity.value, integer.value.quantity.unit) == (Decimal(3), "1")
    coded: Observation = mapped(sample.observation(valueCodeableConcept=concept("260385009", "Negative")))
    assert coded.value is not None
    assert coded.value.concept is not None
    assert coded.value.concept.text == "Negative"
    foreign: Observation = mapped(sample.observation(valueQuantity={"value": 1, "system": "http://local", "code": "drops"}))
    assert foreign.value is not None
    assert foreign.value.quantity is not None
    # Only a UCUM code is a code; another is a unit for people.
    assert (foreign.value.quantity.unit, foreign.value.quantity.code) == ("drops", None)


def test_components_keep_their_own_values() -> None:
    parts = [
        {
            "code": concept("8480-6", "Systolic"),
            "interpretation": [concept("HH", "Critical")],
            "valueQuantity": {"value": 121.5, "unit": "mm[Hg]"},
        },
        {"code": concept("8462-4", "Diastolic"), "dataAbsentReason": {"text": "not asked"}},
    ]
    pressure: Observation = mapped(sample.observation(valueQuantity=None, component=parts))
    systolic, diastolic = pressure.components
    assert systolic.value is not None
    assert systolic.value.quantity is not None
    assert str(systolic.value.quantity.value) == "121.5"
    assert systolic.interpretations == ["HH"]
    assert diastolic.value is None


@pytest.mark.parametrize(
    ("status", "expected"),
    [("unknown", RecordStatus.PRELIMINARY), ("partial", RecordStatus.PRELIMINARY), ("appended", RecordStatus.AMENDED)],
)
def test_what_is_not_known_to_be_final_is_not_final(status: str, expected: RecordStatus) -> None:
    report: LabReport = mapped(sample.report(status=status))
    assert report.status is expected


def test_statuses_of_prescriptions_vaccinations_and_procedures() -> None:
    fields = {"medicationReference": None, "medicationCodeableConcept": {"text": "Aspirin"}, "reasonReference": None}
    stopped: Medication = mapped(sample.medication_request(status="stopped", **fields))
    assert (stopped.status, stopped.request_status) == (RecordStatus.FINAL, "STOPPED")
    draft: Medication = mapped(sample.medication_request(status="draft", **fields))
    assert draft.status is RecordStatus.PRELIMINARY
    refused: Immunization = mapped(sample.immunization(status="not-done"))
    assert (refused.status, refused.given) == (RecordStatus.FINAL, False)
    not_done: Procedure = mapped(sample.procedure(status="not-done", performedPeriod=None, performedDateTime="2024-03"))
    assert not_done.status is RecordStatus.CANCELLED
    assert not_done.performed.start == not_done.effective_at == datetime(2024, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"status": "planned"}, AppointmentStatus.BOOKED),
        ({"status": "in-progress"}, AppointmentStatus.ARRIVED),
        ({"status": "cancelled"}, AppointmentStatus.CANCELLED),
        ({"status": "unknown"}, AppointmentStatus.FULFILLED),
        ({"status": "unknown", "period": {"start": "2024-03-05"}}, AppointmentStatus.ARRIVED),
        ({"status": "entered-in-error"}, AppointmentStatus.ENTERED_IN_ERROR),
    ],
)
def test_encounters_have_the_status_of_their_visit(fields: Resource, status: AppointmentStatus) -> None:
    visit: Appointment = mapped(sample.encounter(**fields))
    assert visit.status is status


def test_virtual_visits_are_by_video_or_by_telephone() -> None:
    virtual = {"class": {"system": sample.V3, "code": "VR"}}
    assert mapped(sample.encounter(**virtual)).mode is VisitMode.VIDEO
    by_phone = sample.encounter(**virtual, type=[concept("185317003", "Telephone encounter")], reasonCode=None)
    assert mapped(by_phone).mode is VisitMode.PHONE
    assert mapped(by_phone).reason == "Telephone encounter"


def test_the_attending_practitioner_comes_first() -> None:
    visit: Appointment = mapped(
        sample.encounter(
            participant=[
                {"individual": sample.to("Practitioner/coach")},
                {"type": [concept("ATND", "attender")], "individual": sample.DOC},
            ]
        )
    )
    assert visit.provider_id == Key("Practitioner", "doc").document_id(OPTIONS.source)


@pytest.mark.parametrize(
    ("label", "level"),
    [
        ("N", Confidentiality.NORMAL),
        ("R", Confidentiality.RESTRICTED),
        ("V", Confidentiality.VERY_RESTRICTED),
        ("ETH", Confidentiality.RESTRICTED),
        ("PSYTHPN", Confidentiality.VERY_RESTRICTED),
    ],
)
def test_security_labels_restrict_a_record(label: str, level: Confidentiality) -> None:
    labels = {"security": [{"code": "N"}, {"system": "x", "code": label}]}
    assert mapped(sample.care_plan(meta=labels)).confidentiality is level


def test_a_person_without_a_name_is_unknown_and_one_with_only_a_text_is_called_so() -> None:
    nobody: Patient = mapped(sample.patient(name=None, identifier=None))
    assert (nobody.name.text, nobody.mrn) == ("Unknown", "ann")
    assert mapped(sample.patient(name=[{"text": "Ann of Kent"}])).name.text == "Ann of Kent"
    assert mapped(sample.patient(name=[{"given": ["Ann"]}])).name.text == "Ann"


def test_an_organization_without_a_name_goes_by_its_identifier() -> None:
    clinic: Organization = mapped(sample.organization(name=None, identifier=[{"value": "C-1"}], active=None))
    assert (clinic.name, clinic.active) == ("C-1", True)


def test_a_coverage_resource_is_typed() -> None:
    coverage: Coverage = mapped(
        {
            "resourceType": "Coverage",
            "id": "c",
            "status": "cancelled",
            "order": 2,
            "beneficiary": sample.ANN,
            "subscriberId": "S-2",
            "relationship": {"coding": [{"code": "child"}]},
            "period": {"start": "2023", "end": "2024"},
            "payor": [{"display": "Acme"}],
            "class": [{"type": {"coding": [{"code": "plan"}]}, "value": "P1", "name": "Silver"}],
        }
    )
    assert (coverage.status, coverage.order) == (CoverageStatus.CANCELLED, CoverageOrder.SECONDARY)
    assert (coverage.payer, coverage.plan_name, coverage.member_id) == ("Acme", "Silver", "S-2")
    assert coverage.relationship is SubscriberRelationship.CHILD
    assert coverage.period.end == datetime(2024, 1, 1, tzinfo=UTC)


def test_a_request_for_authorization_is_no_invoice() -> None:
    document: DocumentRecord = mapped(sample.claim(use="preauthorization"))
    assert isinstance(document, DocumentRecord)
    assert document.resource_type == "Claim"


def test_documents_are_dated_titled_and_tied_to_their_visit() -> None:
    document: DocumentRecord = mapped(
        {
            "resourceType": "DocumentReference",
            "id": "d",
            "status": "current",
            "type": concept("34133-9", "Summary of episode note"),
            "subject": sample.ANN,
            "author": [sample.to("Organization/clinic"), sample.DOC],
            "date": "2024-03-05T10:00:00Z",
            "description": "Summary",
            "context": {"encounter": [sample.VISIT]},
        }
    )
    assert (document.title, document.code.text) == ("Summary", "Summary of episode note")
    assert document.author_id == Key("Practitioner", "doc").document_id(OPTIONS.source)
    assert document.appointment_id == Key("Encounter", "visit").document_id(OPTIONS.source)
    assert document.effective_at == document.recorded_at == datetime(2024, 3, 5, 10, tzinfo=UTC)
    untitled: DocumentRecord = mapped({"resourceType": "FamilyMemberHistory", "id": "f", "patient": sample.ANN})
    assert untitled.title == "Family Member History"
