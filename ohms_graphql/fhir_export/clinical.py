"""Conditions, allergies, prescriptions, immunizations and procedures."""

from datetime import datetime
from typing import Any

from models.record import Allergy, Condition, Immunization, Medication, Procedure, RecordStatus
from ohms_graphql.fhir_export.names import Names
from ohms_graphql.fhir_export.parts import Part, Parts, choice
from ohms_graphql.fhir_export.values import code_of, coded, concept, concepts, instant, period, present

_SYSTEM = "http://terminology.hl7.org/CodeSystem/"
_UNVERIFIED = {
    RecordStatus.REGISTERED: "unconfirmed",
    RecordStatus.PRELIMINARY: "provisional",
    RecordStatus.CANCELLED: "refuted",
    RecordStatus.ENTERED_IN_ERROR: "entered-in-error",
}
_IN_ERROR = RecordStatus.ENTERED_IN_ERROR
_PROCEDURE = {
    RecordStatus.REGISTERED: "preparation",
    RecordStatus.PRELIMINARY: "in-progress",
    RecordStatus.CANCELLED: "not-done",
    RecordStatus.ENTERED_IN_ERROR: "entered-in-error",
}


def condition_parts(condition: Condition, names: Names) -> Parts:
    yield Part(("status",), {"verificationStatus": _verification("condition", condition.status)})
    clinical = coded(f"{_SYSTEM}condition-clinical", condition.clinical_status.value.lower())
    # FHIR con-5: what was entered in error has no clinical status.
    yield Part(("clinical_status",), {"clinicalStatus": None if condition.status is _IN_ERROR else clinical})
    yield Part(("code",), {"code": concept(condition.code)})
    yield Part(("severity",), {"severity": concept(condition.severity)})
    yield Part(("onset_at",), choice("onset", "DateTime", instant(condition.onset_at)))
    yield Part(("abated_at",), choice("abatement", "DateTime", instant(condition.abated_at)))
    yield Part(("effective_at", "recorded_at"), {"recordedDate": instant(condition.recorded_at)})
    yield Part(("patient_id",), {"subject": names.reference(condition.patient_id, "Patient")})
    yield Part(("appointment_id",), {"encounter": names.reference(condition.appointment_id, "Encounter")})
    yield Part(("author_id",), {"recorder": names.reference(condition.author_id, "Practitioner"), "asserter": None})


def allergy_parts(allergy: Allergy, names: Names) -> Parts:
    yield Part(("status",), {"verificationStatus": _verification("allergyintolerance", allergy.status)})
    clinical = coded(f"{_SYSTEM}allergyintolerance-clinical", allergy.clinical_status.value.lower())
    yield Part(("clinical_status",), {"clinicalStatus": None if allergy.status is _IN_ERROR else clinical})
    yield Part(("categories",), {"category": [each.value.lower() for each in allergy.categories]})
    yield Part(("criticality",), {"criticality": code_of(allergy.criticality) if allergy.criticality else None})
    yield Part(("code",), {"code": concept(allergy.code)})
    yield Part(("onset_at",), choice("onset", "DateTime", instant(allergy.onset_at)))
    yield Part(("effective_at", "recorded_at"), {"recordedDate": instant(allergy.recorded_at)})
    reactions = [
        present(
            {
                "manifestation": concepts(each.manifestations),
                "onset": instant(each.onset_at),
                "severity": each.severity.value.lower() if each.severity else None,
            }
        )
        for each in allergy.reactions
    ]
    yield Part(("reactions",), {"reaction": reactions})
    yield Part(("patient_id",), {"patient": names.reference(allergy.patient_id, "Patient")})
    yield Part(("appointment_id",), {"encounter": names.reference(allergy.appointment_id, "Encounter")})
    yield Part(("author_id",), {"recorder": names.reference(allergy.author_id, "Practitioner"), "asserter": None})


def medication_parts(medication: Medication, names: Names) -> Parts:
    yield Part(("request_status", "status"), {"status": code_of(medication.request_status)})
    yield Part((), {"intent": "order"})
    yield Part(("code",), choice("medication", "CodeableConcept", concept(medication.code)))
    yield Part(("dosage",), {"dosageInstruction": [{"text": str(medication.dosage)}] if medication.dosage else None})
    yield Part(("reasons",), {"reasonCode": concepts(medication.reasons), "reasonReference": None})
    yield Part(("effective_at", "recorded_at"), {"authoredOn": instant(medication.recorded_at)})
    yield Part(("patient_id",), {"subject": names.reference(medication.patient_id, "Patient")})
    yield Part(("appointment_id",), {"encounter": names.reference(medication.appointment_id, "Encounter")})
    yield Part(("author_id",), {"requester": names.reference(medication.author_id, "Practitioner"), "recorder": None})


def immunization_parts(immunization: Immunization, names: Names) -> Parts:
    done = "completed" if immunization.given else "not-done"
    yield Part(("status", "given"), {"status": "entered-in-error" if immunization.status is _IN_ERROR else done})
    yield Part(("code",), {"vaccineCode": concept(immunization.code)})
    yield Part(("lot_number",), {"lotNumber": str(immunization.lot_number) if immunization.lot_number else None})
    yield Part(("effective_at",), choice("occurrence", *_when(immunization.effective_at)))
    yield Part(("recorded_at",), {"recorded": instant(immunization.recorded_at)})
    yield Part(("patient_id",), {"patient": names.reference(immunization.patient_id, "Patient")})
    yield Part(("appointment_id",), {"encounter": names.reference(immunization.appointment_id, "Encounter")})
    author = names.reference(immunization.author_id, "Practitioner")
    yield Part(("author_id",), {"performer": [{"actor": author}] if author else None})


def procedure_parts(procedure: Procedure, names: Names) -> Parts:
    yield Part(("status",), {"status": _PROCEDURE.get(procedure.status, "completed")})
    yield Part(("code",), {"code": concept(procedure.code)})
    performed = period(procedure.performed)
    only_start = list(performed) == ["start"]
    kind, value = ("DateTime", performed["start"]) if only_start else ("Period", performed)
    if not performed:
        kind, value = "DateTime", instant(procedure.effective_at)
    yield Part(("performed", "effective_at"), choice("performed", kind, value))
    yield Part(("reasons",), {"reasonCode": concepts(procedure.reasons), "reasonReference": None})
    yield Part(("patient_id",), {"subject": names.reference(procedure.patient_id, "Patient")})
    yield Part(("appointment_id",), {"encounter": names.reference(procedure.appointment_id, "Encounter")})
    author = names.reference(procedure.author_id, "Practitioner")
    yield Part(("author_id",), {"performer": [{"actor": author}] if author else None, "recorder": None, "asserter": None})


def _verification(kind: str, status: RecordStatus) -> dict[str, Any]:
    code = _UNVERIFIED.get(status, "confirmed")
    if kind == "allergyintolerance" and code == "provisional":
        code = "unconfirmed"  # the one word that FHIR has for both
    return coded(f"{_SYSTEM}{'condition-ver-status' if kind == 'condition' else 'allergyintolerance-verification'}", code)


def _when(at: datetime | None) -> tuple[str, str]:
    """FHIR requires one, in words if it must be."""
    text = instant(at)
    return ("String", "unknown") if text is None else ("DateTime", text)
