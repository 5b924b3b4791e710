"""Visits: an Encounter once they take place, an Appointment before and without."""

from models.appointment import Appointment, AppointmentStatus
from models.values import CodeableConcept, Coding, Period
from models.visit_type import VisitMode
from ohms_graphql.fhir_export.names import TOOK_PLACE, Names
from ohms_graphql.fhir_export.parts import Part, Parts
from ohms_graphql.fhir_export.values import coded, concept, instant, period, present

_ENCOUNTER = {
    AppointmentStatus.CHECKED_IN: "arrived",
    AppointmentStatus.ARRIVED: "arrived",
    AppointmentStatus.FULFILLED: "finished",
    AppointmentStatus.CANCELLED: "cancelled",
    AppointmentStatus.NO_SHOW: "cancelled",
    AppointmentStatus.ENTERED_IN_ERROR: "entered-in-error",
}
_APPOINTMENT = {
    AppointmentStatus.PROPOSED: "proposed",
    AppointmentStatus.PENDING: "pending",
    AppointmentStatus.BOOKED: "booked",
    AppointmentStatus.CHECKED_IN: "checked-in",
    AppointmentStatus.ARRIVED: "arrived",
    AppointmentStatus.FULFILLED: "fulfilled",
    AppointmentStatus.CANCELLED: "cancelled",
    AppointmentStatus.NO_SHOW: "noshow",
    AppointmentStatus.WAITLISTED: "waitlist",
    AppointmentStatus.ENTERED_IN_ERROR: "entered-in-error",
}
_V3 = "http://terminology.hl7.org/CodeSystem/v3-"
_ATTENDING = "ATND"
_BY_PHONE = CodeableConcept(
    text="Telephone encounter", codings=[Coding(system="http://snomed.info/sct", code="185317003", display="Telephone encounter")]
)


def is_encounter(visit: Appointment) -> bool:
    """Those that were imported have been encounters all along."""
    return visit.source is not None or visit.status.value in TOOK_PLACE


def encounter_parts(visit: Appointment, names: Names) -> Parts:
    yield Part(("status",), {"status": _ENCOUNTER.get(visit.status, "planned")})
    virtual = visit.mode is VisitMode.VIDEO
    code, display = ("VR", "virtual") if virtual else ("AMB", "ambulatory")
    kind = {"system": f"{_V3}ActCode", "code": code, "display": display}
    phone = [concept(_BY_PHONE)] if visit.mode is VisitMode.PHONE else None
    yield Part(("mode",), {"class": kind, **({"type": phone} if phone else {})})
    yield Part(("reason",), {"reasonCode": [{"text": str(visit.reason)}] if visit.reason else None})
    yield Part(("start", "end"), {"period": period(Period(start=visit.start, end=visit.end))})
    yield Part(("patient_id",), {"subject": names.reference(visit.patient_id, "Patient")})
    attending = coded(f"{_V3}ParticipationType", _ATTENDING)
    provider = names.reference(visit.provider_id, "Practitioner")
    yield Part(("provider_id",), {"participant": [{"type": [attending], "individual": provider}] if provider else None})
    yield Part(("organization_id",), {"serviceProvider": names.reference(visit.organization_id, "Organization")})


def appointment_parts(visit: Appointment, names: Names) -> Parts:
    yield Part(("status",), {"status": _APPOINTMENT[visit.status]})
    if visit.cancellation is not None and visit.cancellation.reason:
        yield Part(("cancellation",), {"cancelationReason": {"text": str(visit.cancellation.reason)}})
    yield Part(("reason",), {"reasonCode": [{"text": str(visit.reason)}] if visit.reason else None})
    yield Part(("start",), {"start": instant(visit.start)})
    yield Part(("end",), {"end": instant(visit.end)})
    if visit.waitlist is not None:
        asked = Period(start=visit.waitlist.earliest, end=visit.waitlist.latest)
        yield Part(("waitlist",), {"requestedPeriod": [period(asked)]})
    people = [names.reference(visit.patient_id, "Patient"), names.reference(visit.provider_id, "Practitioner")]
    came = "accepted" if visit.status is not AppointmentStatus.PROPOSED else "needs-action"
    taking_part = [present({"actor": actor, "status": came}) for actor in people if actor]
    yield Part(("patient_id", "provider_id"), {"participant": taking_part})
