"""Encounters: visits that were."""

from pymongo import UpdateOne

from models.appointment import Appointment, AppointmentStatus
from models.patient import Patient
from models.visit_type import VisitMode
from ohms_graphql.fhir.claims import claims_of
from ohms_graphql.fhir.datatypes import coded, coding_of, concept, concepts, period
from ohms_graphql.fhir.element import Element, Refusal
from ohms_graphql.fhir.mapping.documents import map_document
from ohms_graphql.fhir.plan import Also, Frame, Plan
from ohms_graphql.fhir.security_labels import confidentiality

_STATUS = {
    "planned": AppointmentStatus.BOOKED,
    "arrived": AppointmentStatus.ARRIVED,
    "triaged": AppointmentStatus.ARRIVED,
    "in-progress": AppointmentStatus.ARRIVED,
    "onleave": AppointmentStatus.ARRIVED,
    "finished": AppointmentStatus.FULFILLED,
    "cancelled": AppointmentStatus.CANCELLED,
    "entered-in-error": AppointmentStatus.ENTERED_IN_ERROR,
    "unknown": None,
}
# HL7 v3 ParticipationType: who was responsible comes before who took part.
_ROLES = {"ATND": 0, "PPRF": 1, "SPRF": 2}
_VIRTUAL = "VR"
# SNOMED CT: telephone encounter, telephone consultation, telephone follow-up.
_BY_PHONE = {"185317003", "386472008", "386473003"}


def map_encounter(resource: Element, frame: Frame) -> Plan:
    """A visit needs a provider. Where an encounter names none, the only practitioner that this import shows to have seen the same
    patient at the same place stands in, and ``provider_inferred`` says so. Where there is none such, or several, nobody is made
    up: the encounter is kept whole in the patient's record instead.
    """
    patient_id = frame.links.required(resource, "subject", "Patient")
    stated = _participant(resource, frame)
    provider_id = stated or _only_practitioner_there(resource, frame)
    if provider_id is None:
        return map_document(resource, frame)
    held = period(resource.element("period"))
    status = resource.code("status", _STATUS)
    if not resource.has("status"):
        raise Refusal("status", "required")
    stands = status or (AppointmentStatus.FULFILLED if held.end else AppointmentStatus.ARRIVED)
    if stands is AppointmentStatus.BOOKED and (held.start is None or held.end is None):
        stands = AppointmentStatus.PROPOSED  # a visit without its times takes nobody's
    appointment = Appointment(
        **frame.identity,
        status=stands,
        start=held.start,
        end=held.end,
        time_zone=frame.options.time_zone,
        mode=_mode(resource),
        reason=_reason(resource),
        patient_id=patient_id,
        provider_id=provider_id,
        organization_id=frame.links.optional(resource.element("serviceProvider"), "Organization", "organization_id"),
        confidentiality=confidentiality(resource),
    )
    claims = claims_of(appointment)
    busy = {"busy_start": claims.busy and claims.busy.start, "busy_end": claims.busy and claims.busy.end}
    appointment = appointment.model_copy(update=busy)
    if not stated:
        appointment = appointment.model_copy(update={"provider_inferred": True})
    treated = UpdateOne({"_id": patient_id, "treated_by": {"$ne": provider_id}}, {"$addToSet": {"treated_by": provider_id}})
    also = Also(Patient, treated, once=f"{provider_id} treats {patient_id}")
    return Plan(appointment, [also, *claims.updates], first_only=frozenset({"time_zone"}))


def _participant(resource: Element, frame: Frame) -> str | None:
    def rank(element: Element) -> int:
        codes = [code for kind in concepts(element, "type") if (code := coded(kind, _ROLES))]
        return min((_ROLES[code] for code in codes), default=len(_ROLES))

    ordered = sorted(resource.elements("participant"), key=rank)
    return frame.links.first([element.element("individual") for element in ordered], "Practitioner", "provider_id")


def _only_practitioner_there(resource: Element, frame: Frame) -> str | None:
    directory = frame.links.directory
    patient, place = (
        directory.find(holder.text("reference") or "").key if (holder := resource.element(name)) else None
        for name in ("subject", "serviceProvider")
    )
    seen_by = directory.index.seen_by.get((patient, place), set()) if patient and place else set()
    if len(seen_by) != 1:
        return None
    (practitioner,) = seen_by
    return frame.links.known(practitioner, "Practitioner")


def _mode(resource: Element) -> VisitMode:
    """FHIR knows virtual visits; those that say to be by telephone are PHONE."""
    kind = resource.element("class")
    coding = coding_of(kind) if kind else None
    codes = {coding.code for found in concepts(resource, "type") for coding in found.codings}
    if codes & _BY_PHONE:
        return VisitMode.PHONE
    return VisitMode.VIDEO if coding and coding.code == _VIRTUAL else VisitMode.IN_PERSON


def _reason(resource: Element) -> str | None:
    """Why the patient came; without that, what kind of encounter it was."""
    reasons = [found.text for found in concepts(resource, "reasonCode")]
    kinds = [found.text for element in resource.elements("type")[:1] if (found := concept(element))]
    return ", ".join(reasons or kinds) or None
