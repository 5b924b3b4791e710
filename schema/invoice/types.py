"""Invoices, their lines, and payments."""

from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import TYPE_CHECKING, Annotated, cast

import strawberry

from models.confidentiality import Confidentiality
from models.invoice import DisputeStatus, InvoiceStatus, PaymentMethod, PaymentStatus
from models.invoice import Invoice as InvoiceDocument
from models.invoice import Payment as PaymentDocument
from models.ledger import LedgerAccount, LedgerCause
from models.ledger import LedgerEntry as EntryDocument
from models.money import Money as StoredMoney
from models.role import Role
from resolvers.billing.patients_payments import patients_payments
from resolvers.billing.positions import balance
from resolvers.pagination import Page
from schema.authorization import auth
from schema.connection import Connection, nodes_of
from schema.deidentification import PhiKind, phi
from schema.info import Info
from schema.node import Node
from schema.patient.reference import patient_field
from schema.rights import CARE, FRONT_DESK, FRONT_DESK_AND_ANALYST
from schema.scalars import JSON
from schema.shown_document import ALSO_READS, READS, derived, id_as, node_of, shows
from schema.values import CodeableConcept, Money, shown

if TYPE_CHECKING:
    from schema.appointment.types import Appointment
    from schema.coverage.types import Coverage


@strawberry.type(description="One thing that is asked for.")
class InvoiceLine:
    code: CodeableConcept = strawberry.field(description="What it is in code systems.")
    description: str = strawberry.field(description="What it is, for people.", directives=[phi(PhiKind.FREE_TEXT)])
    quantity: int = strawberry.field(description="How many.")
    unit_price: Money = strawberry.field(description="For one.")
    discount: Money | None = strawberry.field(description="What is taken off before taxes.", directives=[auth(*FRONT_DESK)])
    tax_percent: Decimal | None = strawberry.field(description="The tax's rate.", directives=[auth(*FRONT_DESK)])
    tax: Money | None = strawberry.field(description="The tax, rounded once.", directives=[auth(*FRONT_DESK)])
    amount: Money = strawberry.field(description="For all, less the discount, with the tax.")


@strawberry.type(description="One step of working out what the patient owes.")
class ResponsibilityStep:
    label: str = strawberry.field(description="What the step is, for people.", directives=[phi(PhiKind.FREE_TEXT)])
    rule: str = strawberry.field(description="The rule behind it.", directives=[phi(PhiKind.FREE_TEXT)])
    amount: Money = strawberry.field(description="What it takes off or adds.")
    running_total: Money = strawberry.field(description="What is left after it.")


@strawberry.type(description="Money given back.")
class Refund:
    id: strawberry.ID | None = strawberry.field(description="Of those that were made here.", directives=[auth(*FRONT_DESK)])
    amount: Money = strawberry.field(description="How much.")
    reason: str | None = strawberry.field(description="Why.", directives=[phi(PhiKind.FREE_TEXT)])
    status: PaymentStatus = strawberry.field(description="Where it stands.")
    at: datetime = strawberry.field(description="When it was asked for.", directives=[phi(PhiKind.DATE)])


@strawberry.type(description="A chargeback: the card holder's bank takes the money back until it is decided. No refund.")
class Dispute:
    amount: Money = strawberry.field(description="How much.")
    status: DisputeStatus = strawberry.field(description="Where it stands.")
    at: datetime = strawberry.field(description="When it began.")


@strawberry.type(description="What one account of the books gets by an entry.")
class Posting:
    account: LedgerAccount = strawberry.field(description="Which account.")
    minor_units: int = strawberry.field(description="In the entry's currency: above zero a debit, below zero a credit.")


@strawberry.type(
    description="An entry of the double-entry ledger. Its postings sum to zero, over all invoices that it is about.",
    directives=[auth(Role.STAFF)],
)
class LedgerEntry:
    cause: LedgerCause = strawberry.field(description="Why it was made.")
    at: datetime = strawberry.field(description="When.")
    currency: str = strawberry.field(description="ISO 4217.")
    postings: list[Posting] = strawberry.field(description="What each account gets.")

    @classmethod
    def from_document(cls, document: EntryDocument) -> "LedgerEntry":
        return cls(cause=document.cause, at=document.at, currency=document.currency, postings=shown(document.postings))


_OF_PAYMENTS = {
    READS: ("id", "total"),
    ALSO_READS: {PaymentDocument: ("method", "status", "amount", "refunds")},
}
"""What ``resolvers.billing.patients_payments`` goes by."""


@shows(PaymentDocument, id=id_as("Payment"))
@strawberry.type(description="Money received on an invoice.", directives=[auth(*FRONT_DESK_AND_ANALYST)])
class Payment(Node):
    amount: Money = strawberry.field(description="How much; always positive.")
    method: PaymentMethod = strawberry.field(description="How it was paid.")
    status: PaymentStatus = strawberry.field(description="Where it stands.")
    received_at: datetime | None = strawberry.field(description="When it arrived.", directives=[phi(PhiKind.DATE)])
    refunds: list[Refund] = strawberry.field(description="What was given back.")
    failure_reason: str | None = strawberry.field(description="Why it did not go through.", directives=[phi(PhiKind.FREE_TEXT)])
    reference: str | None = strawberry.field(
        description="The check's or transfer's number, or the remittance's.", directives=[auth(*FRONT_DESK)]
    )
    adjustment: Money | None = strawberry.field(
        description="Of an insurer: what is nobody's to pay beyond what was agreed.", directives=[auth(*FRONT_DESK)]
    )
    transferred: Money | None = strawberry.field(
        description="Of an insurer: what is the patient's to pay instead.", directives=[auth(*FRONT_DESK)]
    )
    disputes: list[Dispute] = strawberry.field(description="Chargebacks.", directives=[auth(*FRONT_DESK)])
    document: strawberry.Private[PaymentDocument]

    @strawberry.field(description="What it was paid for.", metadata={READS: ("invoice_id",)})
    async def invoice(self, info: Info) -> Annotated["Invoice", strawberry.lazy("schema.invoice.types")] | None:
        found = await info.context.loaders.invoices.load(self.document.invoice_id)
        return None if found is None else Invoice.from_document(found)

    @classmethod
    def from_document(cls, document: PaymentDocument) -> "Payment":
        return node_of(cls, document)


@shows(
    InvoiceDocument,
    id=id_as("Invoice"),
    adjustment=derived(attrgetter("adjustment"), "total", "insurance", "patient_responsibility"),
)
@strawberry.type(description="What is asked for a visit.", directives=[auth(*FRONT_DESK_AND_ANALYST)])
class Invoice(Node):
    number: str | None = strawberry.field(
        description="Given when it is issued, without gaps.", directives=[phi(PhiKind.IDENTIFIER)]
    )
    status: InvoiceStatus = strawberry.field(description="Where it stands.")
    lines: list[InvoiceLine] = strawberry.field(description="What is asked for.")
    total: Money = strawberry.field(description="The sum of the lines.")
    insurance: Money = strawberry.field(description="What coverage is expected to pay or has paid.")
    patient_responsibility: Money = strawberry.field(description="What the patient is to pay.")
    explanation: list[ResponsibilityStep] = strawberry.field(description="How that was worked out, step by step.")
    issued_at: datetime | None = strawberry.field(description="When it was issued.", directives=[phi(PhiKind.DATE)])
    due_on: date | None = strawberry.field(description="When it is due.", directives=[phi(PhiKind.DATE)])
    confidentiality: Confidentiality = strawberry.field(description="How closely it is kept; proxies see NORMAL ones only.")
    revision: int = strawberry.field(description="Raised by every change.", directives=[auth(*FRONT_DESK)])
    insured: bool = strawberry.field(description="Whether a plan is asked to pay; fees are not.", directives=[auth(*FRONT_DESK)])
    benefits_known: bool = strawberry.field(
        description="Whether every coverage that may pay has told what it pays. False: the patient's part is not final.",
        directives=[auth(*FRONT_DESK)],
    )
    service_on: date | None = strawberry.field(description="The day of the service.", directives=[auth(*FRONT_DESK)])
    service_type: str = strawberry.field(
        description="X12 service type code; 98 is a professional visit.", directives=[auth(*FRONT_DESK)]
    )
    credit_reason: str | None = strawberry.field(description="Of a credit note: why.", directives=[auth(*FRONT_DESK)])
    adjustment: Money = strawberry.field(description="What nobody pays, by contract between clinic and payer.")
    document: strawberry.Private[InvoiceDocument]

    patient = patient_field("Whose invoice it is.")

    @strawberry.field(description="The visit it is for.", metadata={READS: ("appointment_id",)})
    async def appointment(self, info: Info) -> Annotated["Appointment", strawberry.lazy("schema.appointment.types")] | None:
        from schema.appointment.types import Appointment

        if self.document.appointment_id is None:
            return None
        found = await info.context.loaders.appointments.load(self.document.appointment_id)
        return None if found is None else Appointment.from_document(found)

    @strawberry.field(description="The coverage it was worked out with.", metadata={READS: ("coverage_id",)})
    async def coverage(self, info: Info) -> Annotated["Coverage", strawberry.lazy("schema.coverage.types")] | None:
        from schema.coverage.types import Coverage

        if self.document.coverage_id is None:
            return None
        found = await info.context.loaders.coverages.load(self.document.coverage_id)
        return None if found is None else Coverage.from_document(found)

    @strawberry.field(description="What was paid on it, oldest first.", metadata={READS: ("id",)})
    async def payments(self, info: Info) -> list[Payment]:
        found = await info.context.loaders.payments_of_invoice.load(self.document.id)
        return [Payment.from_document(payment) for payment in found]

    @strawberry.field(description="What the patient has paid.", metadata=_OF_PAYMENTS)
    async def paid(self, info: Info) -> Money:
        found = await info.context.loaders.payments_of_invoice.load(self.document.id)
        return cast("Money", patients_payments(self.document, found).paid)

    @strawberry.field(description="What was given back to the patient.", metadata=_OF_PAYMENTS)
    async def refunded(self, info: Info) -> Money:
        found = await info.context.loaders.payments_of_invoice.load(self.document.id)
        return cast("Money", patients_payments(self.document, found).refunded)

    @strawberry.field(
        description="What the patient still owes, by the ledger; below zero it is a credit.", metadata={READS: ("id", "total")}
    )
    async def balance(self, info: Info) -> Money:
        found = await info.context.loaders.positions_of_invoice.load(self.document.id)
        return cast("Money", StoredMoney(minor_units=balance(found), currency=self.document.total.currency))

    @strawberry.field(
        description="What the insurers still owe, by the ledger; below zero they get it back.", metadata={READS: ("id", "total")}
    )
    async def insurance_balance(self, info: Info) -> Money:
        found = await info.context.loaders.positions_of_invoice.load(self.document.id)
        open_ = found.get(LedgerAccount.INSURANCE_RECEIVABLE, 0)
        return cast("Money", StoredMoney(minor_units=open_, currency=self.document.total.currency))

    @strawberry.field(
        description="Where it is downloaded as PDF for five minutes; null for drafts.",
        directives=[auth(*FRONT_DESK)],
        metadata={READS: ("id", "number")},
    )
    def pdf_url(self, info: Info) -> str | None:
        account_id = info.context.principal.account_id
        if account_id is None or self.number is None:
            return None
        return info.context.ports.links.invoice_pdf(self.document.id, account_id)

    @strawberry.field(
        description="What was posted for it, oldest first.", directives=[auth(Role.STAFF)], metadata={READS: ("id",)}
    )
    async def ledger(self, info: Info) -> list[LedgerEntry]:
        found = await info.context.loaders.entries_of_invoice.load(self.document.id)
        return [LedgerEntry.from_document(entry) for entry in found]

    @strawberry.field(description="What corrects it.", metadata={READS: ("id",)})
    async def credit_notes(self, info: Info) -> list[Annotated["Invoice", strawberry.lazy("schema.invoice.types")]]:
        found = await info.context.loaders.credit_notes_of_invoice.load(self.document.id)
        return [Invoice.from_document(note) for note in found]

    @strawberry.field(description="The invoice that this credit note corrects.", metadata={READS: ("credits_invoice_id",)})
    async def credits(self, info: Info) -> Annotated["Invoice", strawberry.lazy("schema.invoice.types")] | None:
        if self.document.credits_invoice_id is None:
            return None
        found = await info.context.loaders.invoices.load(self.document.credits_invoice_id)
        return None if found is None else Invoice.from_document(found)

    @strawberry.field(
        description="What it was imported from, kept whole.", directives=[auth(*CARE)], metadata={READS: ("source",)}
    )
    def source(self) -> JSON | None:
        return shown(self.document.source.resource) if self.document.source else None

    @classmethod
    def from_document(cls, document: InvoiceDocument) -> "Invoice":
        return node_of(cls, document)


@strawberry.type(description="Invoices, a page at a time.", directives=[auth(*FRONT_DESK_AND_ANALYST)])
class InvoiceConnection(Connection[Invoice]):
    @classmethod
    def of(cls, page: Page[InvoiceDocument]) -> "InvoiceConnection":
        return cls(nodes=nodes_of(page, Invoice.from_document), page=page)
