"""Appointments and what happened to them."""

from datetime import datetime
from enum import StrEnum

from pymongo import ASCENDING, IndexModel

from models.base import StoredDocument
from models.confidentiality import Confidentiality
from models.money import Money
from models.sampled import SampledDocument
from models.secret import SecretJson, SecretText
from models.source import Source
from models.value_object import ValueObject
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


class CancellationReason(SecretText):
    place = "appointments.cancellation.reason"


class OverrideReason(SecretText):
    place = "appointments.override.reason"


class VisitReason(SecretText):
    place = "appointments.reason"


class AppointmentSource(SecretJson):
    place = "appointments.source.content"


class Cancellation(ValueObject):
    by: CancelledBy
    reason: CancellationReason | None = None
    at: datetime
    late: bool = False
    fee: Money | None = None


HOLDS_TIME = frozenset(
    {
        AppointmentStatus.PENDING,
        AppointmentStatus.BOOKED,
        AppointmentStatus.CHECKED_IN,
        AppointmentStatus.ARRIVED,
        AppointmentStatus.FULFILLED,
    }
)
"""Visits in these statuses have their time for themselves, with the provider and with the patient (``models.busy_day``)."""


class Override(ValueObject):
    """Staff booked on purpose what the rules refuse: outside of hours, or over something else."""

    account_id: str
    reason: OverrideReason
    at: datetime


class SlotOffer(ValueObject):
    """A slot held for somebody on the waiting list, with its buffers. After ``expires_at`` it is anybody's again, by itself.

    ``told`` once the mail about it is on its way.
    """

    start: datetime
    end: datetime
    busy_start: datetime
    busy_end: datetime
    expires_at: datetime
    told: bool = False


class WaitlistRequest(ValueObject):
    """What a WAITLISTED visit waits for: a slot that starts within ``[earliest, latest)``.

    ``passed`` are starts of slots that were offered and not taken.
    """

    earliest: datetime
    latest: datetime
    offer: SlotOffer | None = None
    passed: list[datetime] = []


class Appointment(SampledDocument):
    """A visit of one patient with one provider: ``[start, end)`` in UTC beside the IANA zone it was made in.

    ``confidentiality`` is the visit type's, or stricter. What hangs on the visit (events, invoices, payments) carries its own
    copy, so that no query needs to look here.

    ``busy_start`` and ``busy_end`` are the provider's time for it, with the buffers that held when it was booked; None for visits
    that were imported. ``previous_id`` is the visit in whose place this one was made anew. ``no_show_fee`` is what the visit
    type's policy asks of somebody who did not come.
    """

    status: AppointmentStatus
    start: datetime | None = None
    end: datetime | None = None
    time_zone: str
    mode: VisitMode = VisitMode.IN_PERSON
    reason: VisitReason | None = None
    patient_id: str
    provider_id: str
    visit_type_id: str | None = None
    organization_id: str | None = None
    series_id: str | None = None
    cancellation: Cancellation | None = None
    no_show_fee: Money | None = None
    confidentiality: Confidentiality = Confidentiality.NORMAL
    busy_start: datetime | None = None
    busy_end: datetime | None = None
    override: Override | None = None
    waitlist: WaitlistRequest | None = None
    previous_id: str | None = None
    source: Source[AppointmentSource] | None = None

    class Settings(StoredDocument.Settings):
        name = "appointments"
        indexes = [
            IndexModel([("start", ASCENDING), ("_id", ASCENDING)], name="by_start"),
            IndexModel([("provider_id", ASCENDING), ("start", ASCENDING), ("_id", ASCENDING)], name="by_provider"),
            IndexModel([("patient_id", ASCENDING), ("start", ASCENDING), ("_id", ASCENDING)], name="by_patient"),
            IndexModel([("status", ASCENDING), ("start", ASCENDING), ("_id", ASCENDING)], name="by_status"),
            IndexModel([("mode", ASCENDING), ("start", ASCENDING), ("_id", ASCENDING)], name="by_mode"),
            IndexModel([("created_at", ASCENDING), ("_id", ASCENDING)], name="by_creation"),
            IndexModel(
                [("provider_id", ASCENDING), ("created_at", ASCENDING), ("_id", ASCENDING)], name="by_provider_and_creation"
            ),
            IndexModel(
                [("patient_id", ASCENDING), ("created_at", ASCENDING), ("_id", ASCENDING)], name="by_patient_and_creation"
            ),
            IndexModel(
                [("organization_id", ASCENDING), ("start", ASCENDING), ("_id", ASCENDING)], name="by_organization_in_order"
            ),
            IndexModel([("series_id", ASCENDING), ("start", ASCENDING)], name="by_series"),
            # One visit is made anew once; a second attempt at the same time fails.
            IndexModel(
                [("previous_id", ASCENDING)],
                unique=True,
                partialFilterExpression={"previous_id": {"$type": "string"}},
                name="previous_unique",
            ),
            IndexModel(
                [("provider_id", ASCENDING), ("visit_type_id", ASCENDING), ("created_at", ASCENDING)],
                partialFilterExpression={"status": AppointmentStatus.WAITLISTED.value},
                name="waiting",
            ),
            # Nobody waits twice for the same.
            IndexModel(
                [("patient_id", ASCENDING), ("provider_id", ASCENDING), ("visit_type_id", ASCENDING)],
                unique=True,
                partialFilterExpression={
                    "status": AppointmentStatus.WAITLISTED.value,
                    "visit_type_id": {"$type": "string"},
                },
                name="waiting_unique",
            ),
            IndexModel(
                [("waitlist.offer.expires_at", ASCENDING)],
                partialFilterExpression={"waitlist.offer.expires_at": {"$type": "date"}},
                name="by_offer_expiry",
            ),
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


class ScheduleFeed(StoredDocument):
    """How many events a provider's schedule has had. Its id is the provider's.

    Raised in the transaction of each change, so that two changes of one schedule never commit side by side, and ``sequence`` has
    no gaps.
    """

    sequence: int = 0

    class Settings(StoredDocument.Settings):
        name = "schedule_feeds"


class ScheduleEvent(StoredDocument):
    """One change of a provider's schedule. Append-only. ``sequence`` counts the events of the provider, from 1, without gaps."""

    kind: ScheduleEventKind
    at: datetime
    by: CancelledBy | None = None
    provider_id: str
    sequence: int
    appointment_id: str | None = None
    patient_id: str | None = None
    previous_start: datetime | None = None
    previous_end: datetime | None = None
    confidentiality: Confidentiality = Confidentiality.NORMAL

    class Settings(StoredDocument.Settings):
        name = "schedule_events"
        indexes = [
            IndexModel([("appointment_id", ASCENDING), ("_id", ASCENDING)], name="by_appointment"),
            IndexModel([("patient_id", ASCENDING)], name="by_patient"),
            IndexModel([("provider_id", ASCENDING), ("sequence", ASCENDING)], unique=True, name="sequence_unique"),
        ]
