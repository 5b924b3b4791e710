"""A visit as calendars show it. No diagnosis, reason or kind of visit; of confidential ones not even who is visited."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.appointment import Appointment, AppointmentStatus
from models.confidentiality import Confidentiality
from models.organization import Organization
from models.patient import Patient
from models.provider import Provider
from models.values import Address
from models.visit_type import VisitMode
from resolvers.scheduling.wall_clock import zone_names


class Standing(StrEnum):
    """STATUS of a VEVENT (RFC 5545, 3.8.1.11)."""

    TENTATIVE = "TENTATIVE"
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEntry:
    """``sequence`` rises with each change of the visit, from 0; ``start`` and ``end`` are told in ``time_zone``."""

    appointment_id: str
    sequence: int
    start: datetime
    end: datetime
    time_zone: str
    standing: Standing
    summary: str
    location: str | None
    confidential: bool
    created_at: datetime
    updated_at: datetime


_OFF = frozenset({AppointmentStatus.CANCELLED, AppointmentStatus.NO_SHOW, AppointmentStatus.ENTERED_IN_ERROR})
_OPEN = frozenset({AppointmentStatus.PROPOSED, AppointmentStatus.PENDING, AppointmentStatus.WAITLISTED})


def standing_of(status: AppointmentStatus) -> Standing:
    if status in _OFF:
        return Standing.CANCELLED
    return Standing.TENTATIVE if status in _OPEN else Standing.CONFIRMED


def visit_entry(visit: Appointment, provider: Provider | None, organization: Organization | None) -> CalendarEntry | None:
    """For whoever comes. None while the visit has no time."""
    ordinary = visit.confidentiality is Confidentiality.NORMAL
    summary = f"Appointment with {provider.name.text}" if ordinary and provider else "Appointment"
    on_site = ordinary and visit.mode is VisitMode.IN_PERSON and organization is not None and organization.addresses
    return _entry(visit, summary, _in_one_line(organization.addresses[0]) if on_site and organization else None)


def schedule_entry(visit: Appointment, patient: Patient | None) -> CalendarEntry | None:
    """For the provider, whose calendar others may look into: the patient's initials at most. None while it has no time."""
    ordinary = visit.confidentiality is Confidentiality.NORMAL
    return _entry(visit, f"Appointment ({_initials(patient)})" if ordinary and patient else "Appointment", None)


def _entry(visit: Appointment, summary: str, location: str | None) -> CalendarEntry | None:
    if visit.start is None or visit.end is None:
        return None
    return CalendarEntry(
        appointment_id=visit.id,
        sequence=visit.revision - 1,
        start=visit.start,
        end=visit.end,
        time_zone=visit.time_zone if visit.time_zone in zone_names() else "UTC",  # imported ones may have any
        standing=standing_of(visit.status),
        summary=summary,
        location=location or None,
        confidential=visit.confidentiality is not Confidentiality.NORMAL,
        created_at=visit.created_at,
        updated_at=visit.updated_at,
    )


def _initials(patient: Patient) -> str:
    names = [*patient.name.given[:1], patient.name.family]
    return "".join(f"{name.strip()[0].upper()}." for name in names if name.strip()) or "-"


def _in_one_line(address: Address) -> str:
    place = " ".join(part for part in (address.state, address.postal_code) if part)
    return ", ".join(part for part in (*address.lines, address.city, place, address.country) if part)
