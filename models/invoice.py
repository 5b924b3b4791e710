"""Invoices and the payments on them."""

from datetime import date, datetime
from enum import StrEnum

from beanie.odm.custom_types import DecimalAnnotation
from pymongo import ASCENDING, IndexModel

from models.base import StoredDocument
from models.confidentiality import Confidentiality
from models.money import Money
from models.sampled import SampledDocument
from models.secret import SecretJson, SecretText
from models.source import Source
from models.value_object import ValueObject
from models.values import CodeableConcept


class InvoiceStatus(StrEnum):
    DRAFT = "DRAFT"
    ISSUED = "ISSUED"
    BALANCED = "BALANCED"
    CANCELLED = "CANCELLED"
    ENTERED_IN_ERROR = "ENTERED_IN_ERROR"


class InvoiceNumber(SecretText):
    place = "invoices.number"
    searchable = True


class LineDescription(SecretText):
    place = "invoices.lines.description"


class StepLabel(SecretText):
    place = "invoices.explanation.label"


class StepRule(SecretText):
    place = "invoices.explanation.rule"


class InvoiceSource(SecretJson):
    place = "invoices.source.content"


class CreditReason(SecretText):
    place = "invoices.credit_reason"


class PaymentReference(SecretText):
    place = "payments.reference"


class RefundReason(SecretText):
    place = "payments.refunds.reason"


class FailureReason(SecretText):
    place = "payments.failure_reason"


class InvoiceLine(ValueObject):
    """``amount = quantity * unit_price - discount + tax``; the tax is rounded once.

    A credit note's line takes back some of the invoice's line at place ``credits_line`` (from 0).
    """

    code: CodeableConcept
    description: LineDescription
    quantity: int = 1
    unit_price: Money
    discount: Money | None = None
    tax_percent: DecimalAnnotation | None = None
    tax: Money | None = None
    amount: Money
    credits_line: int | None = None


class ResponsibilityStep(ValueObject):
    """One step of working out what the patient owes: adjustment, deductible, copay, coinsurance, what insurance paid."""

    label: StepLabel
    rule: StepRule
    amount: Money
    running_total: Money


class PlanUse(ValueObject):
    """What an issued invoice used up of a plan year, as far as the payer's answer ``check_id`` did not know of it yet."""

    coverage_id: str
    check_id: str
    plan_year: int
    deductible: Money
    out_of_pocket: Money


class Invoice(SampledDocument):
    """What is asked for a visit: ``total = insurance + patient_responsibility + adjustment``.

    Payments are documents of their own, and so are credit notes: invoices below zero that name the one they correct. What is owed
    stands in the ledger (``models.ledger``), not here. Once issued it is frozen, but for ``status``.

    ``billed`` names what it is made from (``visit:ID``, ``fee:ID``): unique, so that nothing is billed twice.
    ``insured`` is false for what no plan pays, such as the fee for a late cancellation. ``benefits_known`` is false where a
    coverage would perhaps pay and nobody knows how much.
    """

    number: InvoiceNumber | None = None
    status: InvoiceStatus
    patient_id: str
    appointment_id: str | None = None
    coverage_id: str | None = None
    lines: list[InvoiceLine]
    total: Money
    insurance: Money
    patient_responsibility: Money
    explanation: list[ResponsibilityStep] = []
    issued_at: datetime | None = None
    due_on: date | None = None
    credits_invoice_id: str | None = None
    credit_reason: CreditReason | None = None
    billed: str | None = None
    insured: bool = True
    service_on: date | None = None
    service_type: str = "98"
    benefits_known: bool = True
    plan_uses: list[PlanUse] = []
    confidentiality: Confidentiality = Confidentiality.NORMAL
    source: Source[InvoiceSource] | None = None

    @property
    def adjustment(self) -> Money:
        """What nobody pays: agreed between clinic and payer."""
        return self.total - self.insurance - self.patient_responsibility

    @property
    def tax(self) -> Money:
        return Money(minor_units=sum(line.tax.minor_units for line in self.lines if line.tax), currency=self.total.currency)

    class Settings(StoredDocument.Settings):
        name = "invoices"
        indexes = [
            IndexModel(
                [("number", ASCENDING)],
                unique=True,
                partialFilterExpression={"number": {"$type": "binData"}},
                name="number_unique",
            ),
            IndexModel(
                [("billed", ASCENDING)],
                unique=True,
                partialFilterExpression={"billed": {"$type": "string"}},
                name="billed_once",
            ),
            IndexModel([("plan_uses.coverage_id", ASCENDING), ("issued_at", ASCENDING)], name="by_plan_use"),
            IndexModel([("patient_id", ASCENDING), ("issued_at", ASCENDING), ("_id", ASCENDING)], name="by_patient"),
            IndexModel([("issued_at", ASCENDING), ("_id", ASCENDING)], name="by_issue"),
            IndexModel([("due_on", ASCENDING), ("_id", ASCENDING)], name="by_due_date"),
            IndexModel([("created_at", ASCENDING), ("_id", ASCENDING)], name="by_creation"),
            IndexModel([("status", ASCENDING), ("issued_at", ASCENDING), ("_id", ASCENDING)], name="by_status"),
            IndexModel([("status", ASCENDING), ("due_on", ASCENDING), ("_id", ASCENDING)], name="by_overdue"),
            IndexModel([("appointment_id", ASCENDING)], name="by_appointment"),
            IndexModel([("credits_invoice_id", ASCENDING)], name="by_credited_invoice"),
            IndexModel([("sample_key", ASCENDING), ("_id", ASCENDING)], name="by_sample"),
            IndexModel([("patient_id", ASCENDING), ("sample_key", ASCENDING), ("_id", ASCENDING)], name="by_patient_and_sample"),
        ]


class PaymentMethod(StrEnum):
    """CREDIT is what the patient paid beyond another invoice."""

    CARD = "CARD"
    CASH = "CASH"
    CHECK = "CHECK"
    BANK_TRANSFER = "BANK_TRANSFER"
    INSURANCE = "INSURANCE"
    CREDIT = "CREDIT"


class PaymentStatus(StrEnum):
    PENDING = "PENDING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    REFUNDED = "REFUNDED"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED"


class Refund(ValueObject):
    """``id`` is ours, ``processor_id`` the card processor's; imported refunds have neither."""

    id: str | None = None
    processor_id: str | None = None
    amount: Money
    reason: RefundReason | None = None
    status: PaymentStatus
    at: datetime


class DisputeStatus(StrEnum):
    OPEN = "OPEN"
    WON = "WON"
    LOST = "LOST"


class Dispute(ValueObject):
    """A chargeback: the card holder's bank takes the money back until it is decided. No refund."""

    id: str
    amount: Money
    status: DisputeStatus
    at: datetime


class Payment(SampledDocument):
    """Money received on an invoice. ``amount`` is positive; refunds are entries of their own.

    An insurer's remittance may say that ``adjustment`` more is nobody's to pay and ``transferred`` is the patient's; its amount
    may be zero. ``from_invoice_id``: paid with what was paid too much there.

    Of a card: ``intent_id`` is the processor's payment intent, known once it has answered, ``over`` once that cannot be paid any
    more; ``checkout_id`` its page for a payment by mail. ``keep_card``: the patient consented to it, at ``consented_at``.
    """

    invoice_id: str
    patient_id: str
    amount: Money
    method: PaymentMethod
    status: PaymentStatus
    received_at: datetime | None = None
    refunds: list[Refund] = []
    disputes: list[Dispute] = []
    failure_reason: FailureReason | None = None
    failed_at: datetime | None = None
    reference: PaymentReference | None = None
    recorded_by_id: str | None = None
    adjustment: Money | None = None
    transferred: Money | None = None
    from_invoice_id: str | None = None
    intent_id: str | None = None
    over: bool = False
    checkout_id: str | None = None
    keep_card: bool = False
    consented_at: datetime | None = None
    confidentiality: Confidentiality = Confidentiality.NORMAL

    class Settings(StoredDocument.Settings):
        name = "payments"
        indexes = [
            IndexModel([("invoice_id", ASCENDING), ("received_at", ASCENDING), ("_id", ASCENDING)], name="by_invoice"),
            IndexModel([("from_invoice_id", ASCENDING)], name="by_credited_invoice"),
            IndexModel(
                [("intent_id", ASCENDING)],
                unique=True,
                partialFilterExpression={"intent_id": {"$type": "string"}},
                name="intent_unique",
            ),
            IndexModel([("method", ASCENDING), ("status", ASCENDING), ("created_at", ASCENDING)], name="by_method"),
            IndexModel([("patient_id", ASCENDING), ("received_at", ASCENDING), ("_id", ASCENDING)], name="by_patient"),
            IndexModel([("sample_key", ASCENDING), ("_id", ASCENDING)], name="by_sample"),
        ]
