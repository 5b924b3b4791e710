"""The rules of every document. A document that is not here is nobody's to see."""

from models.account import Account
from models.appointment import Appointment, ScheduleEvent
from models.audit_event import AuditEvent
from models.base import StoredDocument
from models.billing_account import BillingAccount
from models.break_glass import BreakGlassGrant
from models.calendar_feed import CalendarFeed
from models.charge_definition import ChargeDefinition
from models.coverage import Coverage, EligibilityCheck
from models.education import EducationReading, EducationResource
from models.invoice import Invoice, Payment
from models.ledger import LedgerEntry
from models.organization import Organization
from models.patient import Patient
from models.patient_merge import PatientMerge
from models.payer import Payer
from models.provider import Provider
from models.record import Record, RecordVersion
from models.visit_entry import VisitEntry
from models.visit_signal import VisitSignal
from models.visit_type import VisitType
from resolvers.policy.analysts import (
    SAMPLED_APPOINTMENTS,
    SAMPLED_COVERAGES,
    SAMPLED_INVOICES,
    SAMPLED_LEDGER,
    SAMPLED_PATIENTS,
    SAMPLED_PAYMENTS,
    SAMPLED_RECORDS,
)
from resolvers.policy.billing import (
    BILLING_ACCOUNT_RULES,
    COVERAGE_RULES,
    ELIGIBILITY_CHECK_RULES,
    INVOICE_RULES,
    LEDGER_RULES,
    PAYER_RULES,
    PAYMENT_RULES,
    PRICE_LIST_RULES,
)
from resolvers.policy.clinical import RECORD_RULES, RECORD_VERSION_RULES
from resolvers.policy.demographics import PATIENT_MERGE_RULES, PATIENT_RULES
from resolvers.policy.house import (
    ACCOUNT_RULES,
    AUDIT_EVENT_RULES,
    BREAK_GLASS_RULES,
    DIRECTORY_RULES,
    EDUCATION_READING_RULES,
    EDUCATION_RULES,
)
from resolvers.policy.rule import Rules
from resolvers.policy.schedule import APPOINTMENT_RULES, CALENDAR_FEED_RULES, SCHEDULE_EVENT_RULES
from resolvers.policy.video import VISIT_ENTRY_RULES, VISIT_SIGNAL_RULES

RULES: dict[type[StoredDocument], Rules] = {
    Account: ACCOUNT_RULES,
    Appointment: (*APPOINTMENT_RULES, *SAMPLED_APPOINTMENTS),
    AuditEvent: AUDIT_EVENT_RULES,
    BillingAccount: BILLING_ACCOUNT_RULES,
    BreakGlassGrant: BREAK_GLASS_RULES,
    CalendarFeed: CALENDAR_FEED_RULES,
    ChargeDefinition: PRICE_LIST_RULES,
    Coverage: (*COVERAGE_RULES, *SAMPLED_COVERAGES),
    EducationReading: EDUCATION_READING_RULES,
    EducationResource: EDUCATION_RULES,
    EligibilityCheck: ELIGIBILITY_CHECK_RULES,
    Invoice: (*INVOICE_RULES, *SAMPLED_INVOICES),
    LedgerEntry: (*LEDGER_RULES, *SAMPLED_LEDGER),
    Organization: DIRECTORY_RULES,
    Patient: (*PATIENT_RULES, *SAMPLED_PATIENTS),
    PatientMerge: PATIENT_MERGE_RULES,
    Payer: PAYER_RULES,
    Payment: (*PAYMENT_RULES, *SAMPLED_PAYMENTS),
    Provider: DIRECTORY_RULES,
    Record: (*RECORD_RULES, *SAMPLED_RECORDS),
    RecordVersion: RECORD_VERSION_RULES,
    ScheduleEvent: SCHEDULE_EVENT_RULES,
    VisitEntry: VISIT_ENTRY_RULES,
    VisitSignal: VISIT_SIGNAL_RULES,
    VisitType: DIRECTORY_RULES,
}


def rules_for(document: type[StoredDocument]) -> Rules:
    """The rules of a document, those of its root for a kind of record; none where nobody may see it."""
    return RULES.get(Record if issubclass(document, Record) else document, ())
