"""What is stored. DOCUMENTS lists every document class, in the order in which Beanie wants them (roots before kinds)."""

from models.account import Account
from models.appointment import Appointment, ScheduleEvent, ScheduleFeed
from models.audit_event import AuditEvent
from models.audit_seal import AuditChain, AuditCheckpoint, AuditSeal
from models.base import StoredDocument
from models.billing_account import BillingAccount
from models.break_glass import BreakGlassGrant
from models.browser_session import BrowserSession
from models.busy_day import BusyDay
from models.calendar_feed import CalendarFeed
from models.charge_definition import ChargeDefinition
from models.coverage import Coverage, CoverageBook, EligibilityCheck
from models.document_upload import DocumentUpload
from models.education import EducationReading, EducationResource
from models.idempotency import IdempotencyRecord
from models.imported_resource import ImportedResource
from models.invoice import Invoice, Payment
from models.known_device import KnownDevice
from models.ledger import LedgerEntry
from models.number_series import NumberSeries
from models.oauth_client import OAuthClient
from models.oauth_grant import AuthorizationCode, Consent, OAuthGrant, RefreshToken
from models.one_time_code import OneTimeCode
from models.organization import Organization
from models.patient import Patient
from models.patient_merge import MergeMoves, PatientMerge
from models.payer import Payer
from models.processor_event import ProcessorEvent
from models.provider import Provider
from models.record import RECORD_KINDS, AllergyList, Record, RecordVersion
from models.record_release_event import RecordRelease, ReleaseFeed
from models.registration import Registration
from models.reminder import Reminder
from models.signing_key import SigningKey
from models.stored_key_ring import StoredKeyRing
from models.throttle import Throttle
from models.visit_entry import VisitEntry
from models.visit_signal import VisitCount, VisitSignal
from models.visit_type import VisitType

DOCUMENTS: tuple[type[StoredDocument], ...] = (
    Account,
    AllergyList,
    Appointment,
    AuditChain,
    AuditCheckpoint,
    AuditEvent,
    AuditSeal,
    AuthorizationCode,
    BillingAccount,
    BreakGlassGrant,
    BrowserSession,
    BusyDay,
    CalendarFeed,
    ChargeDefinition,
    Consent,
    Coverage,
    CoverageBook,
    DocumentUpload,
    EducationReading,
    EducationResource,
    EligibilityCheck,
    IdempotencyRecord,
    ImportedResource,
    Invoice,
    KnownDevice,
    LedgerEntry,
    MergeMoves,
    NumberSeries,
    OAuthClient,
    OAuthGrant,
    OneTimeCode,
    Organization,
    Patient,
    PatientMerge,
    Payer,
    Payment,
    ProcessorEvent,
    Provider,
    Record,
    *RECORD_KINDS,
    RecordRelease,
    RecordVersion,
    RefreshToken,
    Registration,
    ReleaseFeed,
    Reminder,
    ScheduleEvent,
    ScheduleFeed,
    SigningKey,
    StoredKeyRing,
    Throttle,
    VisitCount,
    VisitEntry,
    VisitSignal,
    VisitType,
)
