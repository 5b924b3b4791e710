"""The stored enums of accounts, proxies, emergency access and the audit trail, shown."""

from models.account import AccountKind, AccountStatus
from models.audit_event import AuditOutcome
from models.break_glass import ReviewFinding
from models.patient import ProxyRelationship, ProxyScope
from models.purpose_of_use import PurposeOfUse
from schema.shown_enum import show

show(
    AccountKind,
    "What signs in with an account.",
    PERSON="A person.",
    SERVICE="A machine: it may do what its roles may, except what only a person answers for.",
)
show(
    AccountStatus,
    "Whether an account can sign in.",
    INVITED="Asked to join, not yet here.",
    ACTIVE="Can sign in.",
    LOCKED="Kept out until unlocked.",
    DEACTIVATED="Closed.",
)
show(
    ProxyRelationship,
    "What a proxy is to the patient.",
    PARENT="A parent; ends when the child comes of age.",
    GUARDIAN="A legal guardian.",
    POWER_OF_ATTORNEY="Holds a power of attorney.",
    CAREGIVER="Cares for the patient.",
    OTHER="Another relationship.",
)
show(
    ProxyScope,
    "What a proxy may see and do.",
    APPOINTMENTS="Appointments.",
    RECORDS="Ordinary records.",
    BILLING="Invoices and coverage.",
)
show(
    AuditOutcome,
    "How an operation ended, for the audit trail.",
    SUCCESS="It was done.",
    DENIED="It was refused, or what was asked for is not there.",
    FAILURE="It was tried, and changed nothing.",
)
show(
    PurposeOfUse,
    "Why somebody looks at patient data (HL7 v3).",
    TREATMENT="To treat the patient.",
    EMERGENCY="In an emergency.",
    PAYMENT="To be paid, or to pay.",
    OPERATIONS="To run the clinic.",
    PATIENT_REQUEST="The patient asked, or looks.",
    RESEARCH="For research and statistics.",
)
show(
    ReviewFinding,
    "What the review of emergency access found.",
    JUSTIFIED="It was right.",
    UNJUSTIFIED="It was not right.",
)
