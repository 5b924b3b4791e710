"""Invoices, their lines, and payments."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, cast

import strawberry

from models.confidentiality import Confidentiality
from models.invoice import Invoice as InvoiceDocument
from models.invoice import InvoiceStatus, PaymentMethod, PaymentStatus
from models.invoice import Payment as PaymentDocument
from resolvers.money_of_invoices import Settlement, settlement
from resolvers.pagination import Page
from schema.authorization import auth
from schema.connection import Connection, nodes_of
from schema.deidentification import PhiKind, phi
from schema.info import Info
from schema.node import Node, existing, global_id
from schema.rights import CARE, FRONT_DESK_AND_ANALYST
from schema.scalars import JSON
from schema.values import CodeableConcept, Money, shown

if TYPE_CHECKING:
    from schema.appointment.types import Appointment
    from schema.coverage.types import Coverage
    from schema.patient.types import Patient


@strawberry.type(description="One thing that is asked for.")
class InvoiceLine:
    code: CodeableConcept = strawberry.field(description="What it is in code systems.")
    description: str = strawberry.field(description="What it is, for people.", directives=[phi(PhiKind.FREE_TEXT)])
    quantity: int = strawberry.field(description="How many.")
    unit_price: Money = strawberry.field(description="For one.")
    amount: Money = strawberry.field(description="For all.")


@strawberry.type(description="One step of working out what the patient owes.")
class ResponsibilityStep:
    label: str = strawberry.field(description="What the step is, for people.", directives=[phi(PhiKind.FREE_TEXT)])
    rule: str = strawberry.field(description="The rule behind it.", directives=[phi(PhiKind.FREE_TEXT)])
    amount: Money = strawberry.field(description="What it takes off or adds.")
    running_total: Money = strawberry.field(description="What is left after it.")


@strawberry.type(description="Money given back.")
class Refund:
    amount: Money = strawberry.field(description="How much.")
    reason: str | None = strawberry.field(description="Why.", directives=[phi(PhiKind.FREE_TEXT)])
    status: PaymentStatus = strawberry.field(description="Where it stands.")
    at: datetime = strawberry.field(description="When it was asked for.", directives=[phi(PhiKind.DATE)])


@strawberry.type(description="Money received on an invoice.", directives=[auth(*FRONT_DESK_AND_ANALYST)])
class Payment(Node):
    amount: Money = strawberry.field(description="How much; always positive.")
    method: PaymentMethod = strawberry.field(description="How it was paid.")
    status: PaymentStatus = strawberry.field(description="Where it stands.")
    received_at: datetime | None = strawberry.field(description="When it arrived.", directives=[phi(PhiKind.DATE)])
    refunds: list[Refund] = strawberry.field(description="What was given back.")
    failure_reason: str | None = strawberry.field(description="Why it did not go through.", directives=[phi(PhiKind.FREE_TEXT)])
    document: strawberry.Private[PaymentDocument]

    @strawberry.field(description="What it was paid for.")
    async def invoice(self, info: Info) -> Annotated["Invoice", strawberry.lazy("schema.invoice.types")] | None:
        found = await info.context.loaders.invoices.load(self.document.invoice_id)
        return None if found is None else Invoice.from_document(found)

    @classmethod
    def from_document(cls, document: PaymentDocument) -> "Payment":
        return cls(
            id=global_id("Payment", document.id),
            amount=shown(document.amount),
            method=document.method,
            status=document.status,
            received_at=document.received_at,
            refunds=shown(document.refunds),
            failure_reason=document.failure_reason,
            document=document,
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
    document: strawberry.Private[InvoiceDocument]

    @strawberry.field(description="Whose invoice it is.")
    async def patient(self, info: Info) -> Annotated["Patient", strawberry.lazy("schema.patient.types")]:
        from schema.patient.types import Patient

        return Patient.from_document(existing(await info.context.loaders.patients.load(self.document.patient_id)))

    @strawberry.field(description="The visit it is for.")
    async def appointment(self, info: Info) -> Annotated["Appointment", strawberry.lazy("schema.appointment.types")] | None:
        from schema.appointment.types import Appointment

        if self.document.appointment_id is None:
            return None
        found = await info.context.loaders.appointments.load(self.document.appointment_id)
        return None if found is None else Appointment.from_document(found)

    @strawberry.field(description="The coverage it was worked out with.")
    async def coverage(self, info: Info) -> Annotated["Coverage", strawberry.lazy("schema.coverage.types")] | None:
        from schema.coverage.types import Coverage

        if self.document.coverage_id is None:
            return None
        found = await info.context.loaders.coverages.load(self.document.coverage_id)
        return None if found is None else Coverage.from_document(found)

    @strawberry.field(description="What was paid on it, oldest first.")
    async def payments(self, info: Info) -> list[Payment]:
        found = await info.context.loaders.payments_of_invoice.load(self.document.id)
        return [Payment.from_document(payment) for payment in found]

    @strawberry.field(description="What the patient has paid.")
    async def paid(self, info: Info) -> Money:
        return cast("Money", (await self._settlement(info)).paid)

    @strawberry.field(description="What was given back to the patient.")
    async def refunded(self, info: Info) -> Money:
        return cast("Money", (await self._settlement(info)).refunded)

    @strawberry.field(description="What the patient still owes; below zero it is a credit.")
    async def balance(self, info: Info) -> Money:
        return cast("Money", (await self._settlement(info)).balance)

    async def _settlement(self, info: Info) -> Settlement:
        return settlement(self.document, await info.context.loaders.payments_of_invoice.load(self.document.id))

    @strawberry.field(description="What corrects it.")
    async def credit_notes(self, info: Info) -> list[Annotated["Invoice", strawberry.lazy("schema.invoice.types")]]:
        found = await info.context.loaders.credit_notes_of_invoice.load(self.document.id)
        return [Invoice.from_document(note) for note in found]

    @strawberry.field(description="The invoice that this credit note corrects.")
    async def credits(self, info: Info) -> Annotated["Invoice", strawberry.lazy("schema.invoice.types")] | None:
        if self.document.credits_invoice_id is None:
            return None
        found = await info.context.loaders.invoices.load(self.document.credits_invoice_id)
        return None if found is None else Invoice.from_document(found)

    @strawberry.field(description="What it was imported from, kept whole.", directives=[auth(*CARE)])
    def source(self) -> JSON | None:
        return shown(self.document.source.resource) if self.document.source else None

    @classmethod
    def from_document(cls, document: InvoiceDocument) -> "Invoice":
        return cls(
            id=global_id("Invoice", document.id),
            number=document.number,
            status=document.status,
            lines=shown(document.lines),
            total=shown(document.total),
            insurance=shown(document.insurance),
            patient_responsibility=shown(document.patient_responsibility),
            explanation=shown(document.explanation),
            issued_at=document.issued_at,
            due_on=document.due_on,
            confidentiality=document.confidentiality,
            document=document,
        )


@strawberry.type(description="Invoices, a page at a time.", directives=[auth(*FRONT_DESK_AND_ANALYST)])
class InvoiceConnection(Connection[Invoice]):
    @classmethod
    def of(cls, page: Page[InvoiceDocument]) -> "InvoiceConnection":
        return cls(nodes=nodes_of(page, Invoice.from_document), page=page)
