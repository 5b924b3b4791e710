"""Invoices and the payments on them."""

from datetime import date, datetime
from enum import StrEnum

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


class RefundReason(SecretText):
    place = "payments.refunds.reason"


class FailureReason(SecretText):
    place = "payments.failure_reason"


class InvoiceLine(ValueObject):
    code: CodeableConcept
    description: LineDescription
    quantity: int = 1
    unit_price: Money
    amount: Money


class ResponsibilityStep(ValueObject):
    """One step of working out what the patient owes: adjustment, deductible, copay, coinsurance, what insurance paid."""

    label: StepLabel
    rule: StepRule
    amount: Money
    running_total: Money


class Invoice(SampledDocument):
    """What is asked for a visit: ``total = insurance + patient_responsibility + adjustment``.

    Payments are documents of their own.
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
    confidentiality: Confidentiality = Confidentiality.NORMAL
    source: Source[InvoiceSource] | None = None

    class Settings(StoredDocument.Settings):
        name = "invoices"
        indexes = [
            IndexModel(
                [("number", ASCENDING)],
                unique=True,
                partialFilterExpression={"number": {"$type": "binData"}},
                name="number_unique",
            ),
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
    CARD = "CARD"
    CASH = "CASH"
    CHECK = "CHECK"
    BANK_TRANSFER = "BANK_TRANSFER"
    INSURANCE = "INSURANCE"


class PaymentStatus(StrEnum):
    PENDING = "PENDING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    REFUNDED = "REFUNDED"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED"


class Refund(ValueObject):
    amount: Money
    reason: RefundReason | None = None
    status: PaymentStatus
    at: datetime


class Payment(SampledDocument):
    """Money received on an invoice. ``amount`` is positive; refunds are entries of their own."""

    invoice_id: str
    patient_id: str
    amount: Money
    method: PaymentMethod
    status: PaymentStatus
    received_at: datetime | None = None
    refunds: list[Refund] = []
    failure_reason: FailureReason | None = None
    confidentiality: Confidentiality = Confidentiality.NORMAL

    class Settings(StoredDocument.Settings):
        name = "payments"
        indexes = [
            IndexModel([("invoice_id", ASCENDING), ("received_at", ASCENDING), ("_id", ASCENDING)], name="by_invoice"),
            IndexModel([("patient_id", ASCENDING), ("received_at", ASCENDING), ("_id", ASCENDING)], name="by_patient"),
            IndexModel([("sample_key", ASCENDING), ("_id", ASCENDING)], name="by_sample"),
        ]
