"""What has no document of its own is kept whole: in the patient's record, or apart when it has no patient."""

import re
from datetime import datetime

from pymongo import UpdateOne

from models.imported_resource import ImportedResource
from models.provider import Provider
from models.record import DocumentRecord, RecordStatus
from models.values import CodeableConcept
from ohms_graphql.fhir.datatypes import concept, concepts, period
from ohms_graphql.fhir.element import Element, Refusal
from ohms_graphql.fhir.mapping.people import joins_care_team
from ohms_graphql.fhir.mapping.records import record_fields, times
from ohms_graphql.fhir.plan import Also, Frame, Plan

CONTENT_TYPE = "application/fhir+json"

_SUBJECTS = ("subject", "patient", "beneficiary", "for", "individual")
_AUTHORS = ("author", "recorder", "asserter", "requester", "performer", "expressedBy", "sender", "enterer")
_EFFECTIVE = ("period", "started", "effective", "occurrence", "performed", "onset", "start", "created", "date", "authoredOn")
_RECORDED = ("recorded", "recordedDate", "issued", "date", "created", "authoredOn", "authored", "statusDate")
_STATUS = {
    "registered": RecordStatus.REGISTERED,
    "draft": RecordStatus.PRELIMINARY,
    "preliminary": RecordStatus.PRELIMINARY,
    "proposed": RecordStatus.PRELIMINARY,
    "planned": RecordStatus.PRELIMINARY,
    "amended": RecordStatus.AMENDED,
    "corrected": RecordStatus.CORRECTED,
    "cancelled": RecordStatus.CANCELLED,
    "revoked": RecordStatus.CANCELLED,
    "rejected": RecordStatus.CANCELLED,
    "entered-in-error": RecordStatus.ENTERED_IN_ERROR,
}


def map_document(resource: Element, frame: Frame) -> Plan:
    """A resource that names a patient is an entry of the patient's record, anything else an imported resource.

    Only the patient is insisted on: what else is unusual in a resource that OHMS has no words for stays in its source.
    """
    subject = _names_patient(resource, frame)
    also = [*_care_team(resource, frame), *_practitioner_role(resource, frame)]
    if subject is None:
        return Plan(ImportedResource(**frame.identity, resource_type=frame.key.type), also)
    code = _code(resource, frame.key.type)
    return Plan(
        DocumentRecord(
            **record_fields(resource, frame, subject=subject, authors=_authors(resource)),
            **_times(resource),
            status=_status(resource),
            code=code,
            title=_title(resource) or code.text,
            content_type=CONTENT_TYPE,
            resource_type=frame.key.type,
        ),
        also,
    )


def _names_patient(resource: Element, frame: Frame) -> str | None:
    """The element that refers to a patient, or to what might be one."""
    for name in _SUBJECTS:
        holder = resource.raw(name)
        reference = holder.get("reference") if isinstance(holder, dict) else None
        if isinstance(reference, str) and not reference.startswith("#"):
            key = frame.links.directory.find(reference).key
            if key is None or key.type == "Patient":
                return name
    return None


def _authors(resource: Element) -> list[Element | None]:
    found: list[Element | None] = []
    for name in _AUTHORS:
        value = resource.raw(name)
        values = value if isinstance(value, list) else [value]
        for each in values:
            if isinstance(each, dict):
                actor = each.get("actor")
                found.append(Element(actor if isinstance(actor, dict) else each, resource.at(name)))
    return found


def _times(resource: Element) -> dict[str, datetime | None]:
    try:
        return times(resource, _EFFECTIVE, _RECORDED)
    except Refusal:
        return {"effective_at": None}


def _status(resource: Element) -> RecordStatus:
    status = resource.raw("status") or resource.raw("lifecycleStatus")
    return _STATUS.get(status, RecordStatus.FINAL) if isinstance(status, str) else RecordStatus.FINAL


def _code(resource: Element, resource_type: str) -> CodeableConcept:
    """What the resource is about: its code, kind or category; else its type in words (``Care Plan``)."""
    for name in ("code", "type", "category", "description"):
        value = resource.raw(name)
        first = value[0] if isinstance(value, list) and value else value
        try:
            found = concept(Element(first, resource.at(name))) if isinstance(first, dict) else None
        except Refusal:
            continue
        if found is not None:
            return found
    return CodeableConcept(text=re.sub(r"(?<=[a-z])(?=[A-Z])", " ", resource_type))


def _title(resource: Element) -> str | None:
    for name in ("title", "description", "name"):
        value = resource.raw(name)
        text = value.get("text") if isinstance(value, dict) else value
        if isinstance(text, str) and text.strip():
            return text.strip()
    return None


def _care_team(resource: Element, frame: Frame) -> list[Also]:
    """The practitioners of an active care team have the patient under their care."""
    if frame.key.type != "CareTeam" or resource.text("status") not in {None, "active"} or resource.element("subject") is None:
        return []
    patient_id = frame.links.required(resource, "subject", "Patient")
    found = []
    for element in resource.elements("participant"):
        provider_id = frame.links.optional(element.element("member"), "Practitioner", "care_team")
        role = next((kind.text for kind in concepts(element, "role")), "care team")
        held = period(element.element("period"))
        if provider_id and held.end is None:
            found.append(joins_care_team(patient_id, provider_id, role, held.start))
    return found


def _practitioner_role(resource: Element, frame: Frame) -> list[Also]:
    """Specialties and places of work are the provider's."""
    if frame.key.type != "PractitionerRole":
        return []
    provider_id = frame.links.optional(resource.element("practitioner"), "Practitioner", "practitioner")
    organization_id = frame.links.optional(resource.element("organization"), "Organization", "organization")
    if provider_id is None:
        return []
    specialties = [found.model_dump() for found in concepts(resource, "specialty")]
    organizations = [organization_id] if organization_id else []
    adds = {"specialties": {"$each": specialties}, "organization_ids": {"$each": organizations}}
    return [Also(Provider, UpdateOne({"_id": provider_id}, {"$addToSet": adds}))]
