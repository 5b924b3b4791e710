"""Conditions, allergies, prescriptions, immunizations and procedures."""

from models.record import (
    Allergy,
    AllergyCategory,
    AllergyCriticality,
    AllergyStatus,
    Condition,
    ConditionStatus,
    Immunization,
    Medication,
    MedicationStatus,
    Procedure,
    Reaction,
    ReactionSeverity,
    RecordStatus,
)
from models.values import CodeableConcept, Period
from ohms_graphql.fhir.datatypes import coded, concept, concepts, instant, period, required_concept, starts_at
from ohms_graphql.fhir.element import Element, Refusal
from ohms_graphql.fhir.mapping.records import VERIFICATION, record_fields, references, times
from ohms_graphql.fhir.plan import Frame, Plan

_CONDITION = {status.value.lower(): status for status in ConditionStatus} | {"relapse": ConditionStatus.RELAPSE}
_ONGOING = {ConditionStatus.ACTIVE, ConditionStatus.RECURRENCE, ConditionStatus.RELAPSE}
_NOT_SO = {RecordStatus.CANCELLED, RecordStatus.ENTERED_IN_ERROR}
_ALLERGY = {status.value.lower(): status for status in AllergyStatus}
_CRITICALITY = {status.value.lower().replace("_", "-"): status for status in AllergyCriticality}
_CATEGORY = {category.value.lower(): category for category in AllergyCategory}
_SEVERITY = {severity.value.lower(): severity for severity in ReactionSeverity}
_REQUEST = {status.value.lower().replace("_", "-"): status for status in MedicationStatus}
_REQUEST_RECORD = {
    MedicationStatus.DRAFT: RecordStatus.PRELIMINARY,
    MedicationStatus.UNKNOWN: RecordStatus.PRELIMINARY,
    MedicationStatus.CANCELLED: RecordStatus.CANCELLED,
    MedicationStatus.ENTERED_IN_ERROR: RecordStatus.ENTERED_IN_ERROR,
}
_IMMUNIZATION = {
    "completed": (RecordStatus.FINAL, True),
    "not-done": (RecordStatus.FINAL, False),
    "entered-in-error": (RecordStatus.ENTERED_IN_ERROR, False),
}
_PROCEDURE = {
    "preparation": RecordStatus.REGISTERED,
    "in-progress": RecordStatus.PRELIMINARY,
    "on-hold": RecordStatus.PRELIMINARY,
    "not-done": RecordStatus.CANCELLED,
    "stopped": RecordStatus.FINAL,
    "completed": RecordStatus.FINAL,
    "entered-in-error": RecordStatus.ENTERED_IN_ERROR,
    "unknown": RecordStatus.PRELIMINARY,
}


def map_condition(resource: Element, frame: Frame) -> Plan:
    """A condition with an abatement is not active (FHIR con-4): one that says both is RESOLVED here, and its source tells."""
    status = _verified(resource)
    abated = starts_at(resource, "abatement")
    ended = abated is not None or any(resource.has(f"abatement{kind}") for kind in ("Age", "Range", "String"))
    stated = concept(resource.element("clinicalStatus"))
    code = coded(stated, _CONDITION)
    clinical = _CONDITION[code] if code else ConditionStatus.INACTIVE if status in _NOT_SO else ConditionStatus.ACTIVE
    return Plan(
        Condition(
            **record_fields(resource, frame, authors=references(resource, "recorder", "asserter")),
            **times(resource, ("onset",), ("recordedDate",)),
            status=status,
            code=_code(resource, "Condition"),
            clinical_status=ConditionStatus.RESOLVED if ended and clinical in _ONGOING else clinical,
            onset_at=starts_at(resource, "onset"),
            abated_at=abated,
            severity=concept(resource.element("severity")),
        )
    )


def map_allergy(resource: Element, frame: Frame) -> Plan:
    status = _verified(resource)
    code = coded(concept(resource.element("clinicalStatus")), _ALLERGY)
    return Plan(
        Allergy(
            **record_fields(resource, frame, subject="patient", authors=references(resource, "recorder", "asserter")),
            **times(resource, ("onset",), ("recordedDate",)),
            status=status,
            code=_code(resource, "Allergy"),
            clinical_status=_ALLERGY[code] if code else AllergyStatus.INACTIVE if status in _NOT_SO else AllergyStatus.ACTIVE,
            criticality=resource.code("criticality", _CRITICALITY),
            categories=[_CATEGORY[name] for name in resource.texts("category") if name in _CATEGORY],
            reactions=[
                Reaction(
                    manifestations=concepts(element, "manifestation"),
                    severity=element.code("severity", _SEVERITY),
                    onset_at=instant(element, "onset"),
                )
                for element in resource.elements("reaction")
            ],
            onset_at=starts_at(resource, "onset"),
        )
    )


def map_medication_request(resource: Element, frame: Frame) -> Plan:
    status = resource.required_code("status", _REQUEST)
    return Plan(
        Medication(
            **record_fields(resource, frame, authors=references(resource, "requester", "recorder")),
            **times(resource, ("authoredOn",), ("authoredOn",)),
            status=_REQUEST_RECORD.get(status, RecordStatus.FINAL),
            code=_medication(resource, frame),
            request_status=status,
            dosage="; ".join(filter(None, map(_dosage, resource.elements("dosageInstruction")))) or None,
            reasons=_reasons(resource, frame),
        )
    )


def map_immunization(resource: Element, frame: Frame) -> Plan:
    status, given = resource.required_code("status", _IMMUNIZATION)
    return Plan(
        Immunization(
            **record_fields(resource, frame, subject="patient", authors=references(resource, "performer.actor")),
            **times(resource, ("occurrence",), ("recorded",)),
            status=status,
            code=required_concept(resource, "vaccineCode"),
            given=given,
            lot_number=resource.text("lotNumber"),
        )
    )


def map_procedure(resource: Element, frame: Frame) -> Plan:
    performed = period(resource.element("performedPeriod"))
    return Plan(
        Procedure(
            **record_fields(resource, frame, authors=references(resource, "performer.actor", "recorder", "asserter")),
            **times(resource, ("performed",), ()),
            status=resource.required_code("status", _PROCEDURE),
            code=_code(resource, "Procedure"),
            performed=performed if performed.start or performed.end else Period(start=starts_at(resource, "performed")),
            reasons=_reasons(resource, frame),
        )
    )


def _verified(resource: Element) -> RecordStatus:
    code = coded(concept(resource.element("verificationStatus")), VERIFICATION)
    return VERIFICATION[code] if code else RecordStatus.FINAL


def _code(resource: Element, what: str) -> CodeableConcept:
    """FHIR lets these be without a code."""
    return concept(resource.element("code")) or CodeableConcept(text=f"{what} without a code")


def _medication(resource: Element, frame: Frame) -> CodeableConcept:
    """Coded here, or what the Medication referred to or contained is called."""
    coded_here = concept(resource.element("medicationCodeableConcept"))
    holder = resource.element("medicationReference")
    if coded_here or holder is None:
        return coded_here or required_concept(resource, "medicationCodeableConcept")
    reference = holder.text("reference") or ""
    inside = (element for element in resource.elements("contained") if f"#{element.text('id')}" == reference)
    contained = next((concept(element.element("code")) for element in inside), None)
    display = holder.text("display")
    found = contained or frame.links.concept(holder) or (CodeableConcept(text=display) if display else None)
    if found is None:
        raise Refusal(holder.path, "a Medication with a code expected")
    return found


def _dosage(element: Element) -> str | None:
    return element.text("text") or element.text("patientInstruction")


def _reasons(resource: Element, frame: Frame) -> list[CodeableConcept]:
    """Coded reasons, then those that refer to a condition or observation."""
    found = concepts(resource, "reasonCode")
    for holder in resource.elements("reasonReference"):
        display = holder.text("display")
        reason = frame.links.concept(holder) or (CodeableConcept(text=display) if display else None)
        if reason is not None:
            found.append(reason)
    return found
