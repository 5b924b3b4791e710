"""Appointments and what happened to them."""

from datetime import datetime
from enum import StrEnum

from pymongo import ASCENDING, DESCENDING, IndexModel

from models.base import StoredDocument, ValueObject
from models.confidentiality import Confidentiality
from models.money import Money
from models.sampled import SampledDocument
from models.visit_type import VisitMode


class AppointmentStatus(StrEnum):
    PROPOSED = "PROPOSED"
    PENDING = "PENDING"
    BOOKED = "BOOKED"
    CHECKED_IN = "CHECKED_IN"
    ARRIVED = "ARRIVED"
    FULFILLED = "FULFILLED"
    CANCELLED = "CANCELLED"
    NO_SHOW = "NO_SHOW"
    WAITLISTED = "WAITLISTED"
    ENTERED_IN_ERROR = "ENTERED_IN_ERROR"


class CancelledBy(StrEnum):
    PATIENT = "PATIENT"
    PROVIDER = "PROVIDER"
    STAFF = "STAFF"
    SYSTEM = "SYSTEM"


class Cancellation(ValueObject):
    by: CancelledBy
    reason: str | None = None
    at: datetime
    late: bool = False
    fee: Money | None = None


class Appointment(SampledDocument):
    """A visit of one patient with one provider: ``[start, end)`` in UTC beside the IANA zone it was made in.

    ``confidentiality`` is the visit type's, or stricter. What hangs on the visit (events, invoices, payments) carries its own
    copy, so that no query needs to look here.
    """

    status: AppointmentStatus
    start: datetime | None = None
    end: datetime | None = None
    time_zone: str
    mode: VisitMode = VisitMode.IN_PERSON
    reason: str | None = None
    patient_id: str
    provider_id: str
    visit_type_id: str | None = None
    organization_id: str | None = None
    series_id: str | None = None
    cancellation: Cancellation | None = None
    confidentiality: Confidentiality = Confidentiality.NORMAL

    class Settings(StoredDocument.Settings):
        name = "appointments"
        indexes = [
            IndexModel([("start", ASCENDING), ("_id", ASCENDING)], name="by_start"),
            IndexModel([("provider_id", ASCENDING), ("start", ASCENDING), ("_id", ASCENDING)], name="by_provider"),
            IndexModel([("patient_id", ASCENDING), ("start", ASCENDING), ("_id", ASCENDING)], name="by_patient"),
            IndexModel([("status", ASCENDING), ("start", ASCENDING), ("_id", ASCENDING)], name="by_status"),
            IndexModel([("mode", ASCENDING), ("start", ASCENDING), ("_id", ASCENDING)], name="by_mode"),
            IndexModel([("created_at", ASCENDING), ("_id", ASCENDING)], name="by_creation"),
            IndexModel([("organization_id", ASCENDING), ("start", DESCENDING)], name="by_organization"),
            IndexModel([("sample_key", ASCENDING), ("_id", ASCENDING)], name="by_sample"),
            IndexModel([("patient_id", ASCENDING), ("sample_key", ASCENDING), ("_id", ASCENDING)], name="by_patient_and_sample"),
            IndexModel(
                [("provider_id", ASCENDING), ("sample_key", ASCENDING), ("_id", ASCENDING)], name="by_provider_and_sample"
            ),
        ]


class ScheduleEventKind(StrEnum):
    BOOKED = "BOOKED"
    RESCHEDULED = "RESCHEDULED"
    CANCELLED = "CANCELLED"
    STATUS_CHANGED = "STATUS_CHANGED"
    AVAILABILITY_CHANGED = "AVAILABILITY_CHANGED"


class ScheduleEvent(StoredDocument):
    """One change of a provider's schedule. Append-only; its id is the cursor that a reader resumes after."""

    kind: ScheduleEventKind
    at: datetime
    by: CancelledBy | None = None
    provider_id: str
    appointment_id: str | None = None
    patient_id: str | None = None
    previous_start: datetime | None = None
    previous_end: datetime | None = None
    confidentiality: Confidentiality = Confidentiality.NORMAL

    class Settings(StoredDocument.Settings):
        name = "schedule_events"
        indexes = [
            IndexModel([("appointment_id", ASCENDING), ("_id", ASCENDING)], name="by_appointment"),
            IndexModel([("provider_id", ASCENDING), ("_id", ASCENDING)], name="by_provider"),
        ]
