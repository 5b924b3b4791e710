"""The stored enums, shown: each with a description, and so has each of its values."""

from models.appointment import AppointmentStatus, CancelledBy, ScheduleEventKind
from models.coverage import (
    CoverageOrder,
    CoverageStatus,
    EligibilityOutcome,
    EligibilitySource,
    Network,
    SubscriberRelationship,
)
from models.invoice import DisputeStatus, InvoiceStatus, PaymentMethod, PaymentStatus
from models.ledger import LedgerAccount, LedgerCause
from models.provider import Weekday
from models.record import (
    AllergyCategory,
    AllergyCriticality,
    AllergyStatus,
    ConditionStatus,
    Confidentiality,
    Interpretation,
    MedicationStatus,
    ReactionSeverity,
    RecordStatus,
    ReleaseHoldReason,
)
from models.values import AdministrativeGender, ContactSystem, ContactUse
from models.visit_type import VisitMode
from schema.shown_enum import show

show(
    AdministrativeGender,
    "Gender for administrative purposes (FHIR).",
    MALE="Male.",
    FEMALE="Female.",
    OTHER="Other.",
    UNKNOWN="Not known.",
)
show(
    ContactSystem,
    "What a contact point is reached by.",
    PHONE="Telephone.",
    EMAIL="E-mail.",
    SMS="Text messages.",
    FAX="Fax.",
    URL="A web address.",
    OTHER="Anything else.",
)
show(
    ContactUse,
    "What a contact point is for.",
    HOME="At home.",
    WORK="At work.",
    MOBILE="Carried along.",
    TEMP="For the time being.",
    OLD="No longer in use.",
)
show(
    Weekday,
    "A day of the week.",
    MONDAY="Monday.",
    TUESDAY="Tuesday.",
    WEDNESDAY="Wednesday.",
    THURSDAY="Thursday.",
    FRIDAY="Friday.",
    SATURDAY="Saturday.",
    SUNDAY="Sunday.",
)
show(
    VisitMode,
    "How a visit is held.",
    IN_PERSON="At the clinic.",
    VIDEO="By video.",
    PHONE="By telephone.",
)
show(
    AppointmentStatus,
    "Where an appointment stands. FULFILLED, CANCELLED, NO_SHOW and ENTERED_IN_ERROR are ends.",
    PROPOSED="Suggested, not yet asked for.",
    PENDING="Asked for, not yet confirmed.",
    BOOKED="Confirmed.",
    CHECKED_IN="The patient has checked in.",
    ARRIVED="The patient is there.",
    FULFILLED="Took place.",
    CANCELLED="Called off; kept, with who and why.",
    NO_SHOW="The patient did not come.",
    WAITLISTED="Waits for a slot.",
    ENTERED_IN_ERROR="Should never have been made.",
)
show(
    CancelledBy,
    "On whose side a change was made.",
    PATIENT="The patient or a proxy.",
    PROVIDER="The provider.",
    STAFF="The clinic's staff.",
    SYSTEM="OHMS itself.",
)
show(
    ScheduleEventKind,
    "What happened to a schedule.",
    BOOKED="An appointment was made.",
    RESCHEDULED="An appointment was moved.",
    CANCELLED="An appointment was called off.",
    STATUS_CHANGED="An appointment moved to another status.",
    AVAILABILITY_CHANGED="The provider's hours changed.",
)
show(
    RecordStatus,
    "Where an entry of the record stands.",
    REGISTERED="Known of, no content yet.",
    PRELIMINARY="Not verified: may still change.",
    FINAL="Complete and verified.",
    AMENDED="Changed after it was final.",
    CORRECTED="Changed after it was final because it was wrong.",
    CANCELLED="Will not be completed.",
    ENTERED_IN_ERROR="Should never have been entered.",
)
show(
    Confidentiality,
    "How closely something is kept (HL7 v3).",
    NORMAL="As health information is by default.",
    RESTRICTED="Sensitive: not for proxies.",
    VERY_RESTRICTED="For its author only: psychotherapy notes and the like.",
)
show(
    ReleaseHoldReason,
    "Why a result is kept from the patient for a time.",
    RISK_OF_HARM="Reading it alone could do harm.",
    PATIENT_REQUEST="The patient asked for it.",
    STATE_LAW="A law asks for it.",
)
show(
    AllergyStatus,
    "Whether an allergy still stands.",
    ACTIVE="Present.",
    INACTIVE="No longer present.",
    RESOLVED="Was tested again and found gone.",
)
show(
    AllergyCriticality,
    "How much harm the next exposure could do.",
    LOW="Unlikely to be serious.",
    HIGH="May be life-threatening.",
    UNABLE_TO_ASSESS="Not known.",
)
show(
    AllergyCategory,
    "What kind of substance.",
    FOOD="Food.",
    MEDICATION="Medication.",
    ENVIRONMENT="Pollen, dust and the like.",
    BIOLOGIC="A biologic.",
)
show(
    ReactionSeverity,
    "How bad a reaction was.",
    MILD="Mild.",
    MODERATE="Moderate.",
    SEVERE="Severe.",
)
show(
    ConditionStatus,
    "Whether a condition is present.",
    ACTIVE="Present.",
    RECURRENCE="Present again after it had gone.",
    RELAPSE="Worse again after it had got better.",
    INACTIVE="No longer causes symptoms.",
    REMISSION="Quiet, may come back.",
    RESOLVED="Gone.",
)
show(
    MedicationStatus,
    "Where a prescription stands (FHIR MedicationRequest).",
    ACTIVE="To be taken.",
    ON_HOLD="Paused.",
    CANCELLED="Withdrawn before it was taken.",
    COMPLETED="Taken to its end.",
    ENTERED_IN_ERROR="Should never have been entered.",
    STOPPED="Ended early.",
    DRAFT="Being prepared.",
    UNKNOWN="Not known.",
)
show(
    Interpretation,
    "How a value compares with its reference range (HL7 v3).",
    N="Normal.",
    L="Low.",
    H="High.",
    LL="Critically low.",
    HH="Critically high.",
    A="Abnormal.",
    AA="Critically abnormal.",
)
show(
    InvoiceStatus,
    "Where an invoice stands.",
    DRAFT="Being prepared.",
    ISSUED="Sent, and frozen.",
    BALANCED="Nothing is left to pay.",
    CANCELLED="Called off.",
    ENTERED_IN_ERROR="Should never have been made.",
)
show(
    PaymentMethod,
    "How a payment was made.",
    CARD="By card.",
    CASH="In cash.",
    CHECK="By check.",
    BANK_TRANSFER="By bank transfer.",
    INSURANCE="By the insurer.",
    CREDIT="With what was paid too much on another invoice.",
)
show(
    PaymentStatus,
    "Where a payment or refund stands.",
    PENDING="On its way.",
    SUCCEEDED="Arrived.",
    FAILED="Did not go through.",
    REFUNDED="Given back in full.",
    PARTIALLY_REFUNDED="Given back in part.",
)
show(
    DisputeStatus,
    "Where a chargeback stands.",
    OPEN="The card holder's bank has taken the money back until it is decided.",
    WON="Decided for the clinic: the money is back.",
    LOST="Decided against the clinic: the patient owes it again.",
)
show(
    LedgerAccount,
    "An account of the books.",
    PATIENT_RECEIVABLE="What patients owe.",
    INSURANCE_RECEIVABLE="What insurers owe.",
    CASH="What has come in, less what has gone out.",
    REVENUE="What was charged, without taxes.",
    TAX="Taxes that were charged.",
    ADJUSTMENTS="What nobody pays: agreed with a payer, or written off.",
    REFUNDS="Refunds on their way.",
    CREDITS="What patients have paid beyond what they owe.",
    DISPUTES="What banks have taken back until a dispute is decided.",
)
show(
    LedgerCause,
    "Why something was posted.",
    ISSUED="An invoice was issued.",
    CREDIT_NOTE="A credit note was issued.",
    PAYMENT="Money came in, or did not.",
    REFUND="Money goes back.",
    DISPUTE="A chargeback began or was decided.",
    CREDIT_USED="A surplus of one invoice paid another.",
    IMPORTED="Brought in from elsewhere.",
)
show(
    CoverageStatus,
    "Where a coverage stands.",
    ACTIVE="In use.",
    CANCELLED="Ended.",
    DRAFT="Being entered.",
    ENTERED_IN_ERROR="Should never have been entered.",
)
show(
    CoverageOrder,
    "Which coverage pays first.",
    PRIMARY="First.",
    SECONDARY="Second.",
    TERTIARY="Third.",
)
show(
    SubscriberRelationship,
    "What the patient is to the subscriber.",
    SELF="The subscriber.",
    SPOUSE="The subscriber's spouse.",
    CHILD="The subscriber's child.",
    OTHER="Someone else.",
)
show(
    EligibilityOutcome,
    "How the asking went: not whether the patient is covered.",
    COMPLETE="The payer answered.",
    ERROR="The payer could not answer.",
    PARTIAL="The payer answered in part.",
    QUEUED="The answer will come later.",
)
show(
    EligibilitySource,
    "Who gave the answer.",
    PAYER="The payer's system.",
    STAFF="Staff, who were told.",
)
show(
    Network,
    "Whether a benefit holds with providers who have a contract with the payer.",
    IN="With a contract.",
    OUT="Without one.",
    ANY="With or without.",
)
