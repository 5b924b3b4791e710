"""One document as a FHIR resource, and what FHIR has no place for.

What was imported goes out as it came; only what has changed here since takes the place of what its source said.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from models.appointment import Appointment
from models.base import StoredDocument
from models.coverage import Coverage
from models.invoice import Invoice, Payment
from models.organization import Organization
from models.patient import Patient
from models.provider import Provider
from models.record import (
    Allergy,
    ClinicalNote,
    Condition,
    DocumentRecord,
    Immunization,
    LabReport,
    Medication,
    Observation,
    Procedure,
)
from ohms_graphql.fhir.keys import Key
from ohms_graphql.fhir_export.as_imported import as_imported
from ohms_graphql.fhir_export.billing import coverage_parts, invoice_parts, payment_parts
from ohms_graphql.fhir_export.clinical import (
    allergy_parts,
    condition_parts,
    immunization_parts,
    medication_parts,
    procedure_parts,
)
from ohms_graphql.fhir_export.documents import document_parts, note_parts
from ohms_graphql.fhir_export.names import Names
from ohms_graphql.fhir_export.parts import Part, Parts
from ohms_graphql.fhir_export.people import organization_parts, patient_parts, practitioner_parts
from ohms_graphql.fhir_export.results import observation_parts, report_parts
from ohms_graphql.fhir_export.values import CONFIDENTIALITY, Resource, instant, present, security_label
from ohms_graphql.fhir_export.visits import appointment_parts, encounter_parts, is_encounter

_KINDS: dict[type[Any], tuple[str, Callable[[Any, Names], Parts]]] = {
    Allergy: ("AllergyIntolerance", allergy_parts),
    ClinicalNote: ("DocumentReference", note_parts),
    Condition: ("Condition", condition_parts),
    Coverage: ("Coverage", coverage_parts),
    DocumentRecord: ("DocumentReference", document_parts),
    Immunization: ("Immunization", immunization_parts),
    Invoice: ("Invoice", invoice_parts),
    LabReport: ("DiagnosticReport", report_parts),
    Medication: ("MedicationRequest", medication_parts),
    Observation: ("Observation", observation_parts),
    Organization: ("Organization", organization_parts),
    Patient: ("Patient", patient_parts),
    Payment: ("PaymentReconciliation", payment_parts),
    Procedure: ("Procedure", procedure_parts),
    Provider: ("Practitioner", practitioner_parts),
}
_READ_BACK = frozenset({kind for kind, _ in _KINDS.values()} | {"Encounter"}) - {
    "DocumentReference",
    "Invoice",
    "PaymentReconciliation",
}
"""Types that an import makes the same kind of document of."""

_OURS_ALONE = frozenset(
    {"id", "source", "revision", "created_at", "updated_at", "search_tokens", "match_tokens", "search_words", "sort_name"}
    | {"sample_key", "busy_start", "busy_end"}
)
_IN_OTHER_RESOURCES = frozenset({"lab_report_id", "position"})
"""Said by DiagnosticReport.result."""


@dataclass(slots=True)
class Composed:
    """``rest`` are the fields that an import of ``resource`` would not find; ``whole`` when it would make another kind of it."""

    resource: Resource
    rest: list[str] = field(default_factory=list)
    whole: bool = False


def resource_type_of(document: StoredDocument) -> str:
    if isinstance(document, Appointment):
        return "Encounter" if is_encounter(document) else "Appointment"
    return _KINDS[type(document)][0]


def parts_of(document: StoredDocument, names: Names) -> list[Part]:
    if isinstance(document, Appointment):
        parts = encounter_parts if is_encounter(document) else appointment_parts
        return list(parts(document, names))
    return list(_KINDS[type(document)][1](document, names))


def composed_new(document: StoredDocument, key: Key, names: Names, more: Resource | None = None) -> Composed:
    """Of a document that was made here. ``more`` are elements known from elsewhere."""
    resource: Resource = {"resourceType": key.type, "id": key.id, "meta": _meta(document)}
    for part in parts_of(document, names):
        resource.update(part.elements)
    resource = present({**resource, **(more or {})})
    if key.type not in _READ_BACK:
        return Composed(resource, whole=True)
    read = as_imported(document, key, resource)
    if type(read) is not type(document):
        return Composed(resource, whole=True)
    return Composed(resource, sorted(_different(read, document) - (_IN_OTHER_RESOURCES if _reported(document) else set())))


def composed_imported(document: StoredDocument, key: Key, came: Resource, names: Names) -> Composed:
    """Of a document that was imported as ``came``."""
    resource = {**came, "id": key.id} if "id" in came or key.id else came
    read = as_imported(document, key, resource)
    if type(read) is not type(document):
        return Composed(resource)
    different = _different(read, document) - _IN_OTHER_RESOURCES
    # Without a date in its source, an entry was recorded when it was first imported: no resource says so.
    stated = different - ({"recorded_at"} - read.model_fields_set)
    if stated and type(document) in _KINDS and resource["resourceType"] == resource_type_of(document):
        for part in parts_of(document, names):
            if not stated.isdisjoint(part.fields):
                resource = present({**resource, **part.elements})
        if "confidentiality" in stated:
            resource = {**resource, "meta": _relabelled(resource.get("meta", {}), document)}
        read = as_imported(document, key, resource)
        if type(read) is type(document):
            different = _different(read, document) - _IN_OTHER_RESOURCES
    return Composed(resource, sorted(different))


def _different(read: StoredDocument | None, document: StoredDocument) -> set[str]:
    names = type(document).model_fields.keys() - _OURS_ALONE
    return {name for name in names if getattr(read, name) != getattr(document, name)}


def _reported(document: StoredDocument) -> bool:
    return isinstance(document, Observation) and document.lab_report_id is not None


def _meta(document: Any) -> Resource:
    label = security_label(document.confidentiality) if hasattr(document, "confidentiality") else None
    version = getattr(document, "version", document.revision)
    return present(
        {"versionId": str(version), "lastUpdated": instant(document.updated_at), "security": [label] if label else None}
    )


def _relabelled(meta: Resource, document: Any) -> Resource:
    label = security_label(document.confidentiality)
    others = [each for each in meta.get("security", []) if each.get("system") != CONFIDENTIALITY]
    return present({**meta, "security": [*others, *([label] if label else [])]})
