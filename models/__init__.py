"""What is stored. DOCUMENTS lists every document class, in the order in which Beanie wants them (roots before kinds)."""

from models.account import Account
from models.appointment import Appointment, ScheduleEvent
from models.base import StoredDocument
from models.coverage import Coverage, EligibilityCheck
from models.education import EducationResource
from models.idempotency import IdempotencyRecord
from models.imported_resource import ImportedResource
from models.invoice import Invoice, Payment
from models.organization import Organization
from models.patient import Patient
from models.provider import Provider
from models.record import RECORD_KINDS, Record, RecordVersion
from models.registration import Registration
from models.throttle import Throttle
from models.visit_type import VisitType

DOCUMENTS: tuple[type[StoredDocument], ...] = (
    Account,
    Appointment,
    Coverage,
    EducationResource,
    EligibilityCheck,
    IdempotencyRecord,
    ImportedResource,
    Invoice,
    Organization,
    Patient,
    Payment,
    Provider,
    Record,
    *RECORD_KINDS,
    RecordVersion,
    Registration,
    ScheduleEvent,
    Throttle,
    VisitType,
)
