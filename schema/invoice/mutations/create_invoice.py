"""createInvoice."""

from datetime import date
from typing import Annotated

import strawberry

from models.role import Role
from resolvers.billing.drafts import PROFESSIONAL_VISIT, DraftWish, create_invoice
from resolvers.user_errors import Rejected
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.invoice.inputs import InvoiceLineInput, line_wishes
from schema.invoice.payloads import shown_invoice
from schema.invoice.types import Invoice
from schema.node import id_of
from schema.provider.inputs import MoneyInput
from schema.values import CodeableConcept, shown


@strawberry.input(description="An invoice to draft: of a visit, or of a patient by hand.")
class CreateInvoiceInput:
    appointment: strawberry.ID | None = strawberry.field(
        default=None, description="The visit: its price, its procedures, or the fee for not keeping it."
    )
    patient: strawberry.ID | None = strawberry.field(default=None, description="The patient, where it is of no visit.")
    lines: list[InvoiceLineInput] = strawberry.field(
        default_factory=list, description="Further lines; at most 200. By hand at least one."
    )
    discount: MoneyInput | None = strawberry.field(default=None, description="Off the whole, spread over the lines before taxes.")
    service_type: str = strawberry.field(
        default=PROFESSIONAL_VISIT, description="X12 service type code, for what plans pay; 98 is a professional visit."
    )
    service_on: date | None = strawberry.field(default=None, description="The day of the service; the visit's, or today.")
    insured: bool | None = strawberry.field(default=None, description="False: no plan is asked to pay. Fees never are.")
    due_on: date | None = strawberry.field(default=None, description="When it shall be due; 30 days after it is issued.")
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")

    def wish(self) -> DraftWish:
        return DraftWish(
            patient_id=id_of("Patient", self.patient, ["input", "patient"]),
            appointment_id=id_of("Appointment", self.appointment, ["input", "appointment"]),
            lines=line_wishes(self.lines),
            discount=self.discount.cleaned(["discount"]) if self.discount else None,
            service_type=self.service_type,
            service_on=self.service_on,
            insured=self.insured,
            due_on=self.due_on,
        )


@strawberry.type(description="The draft, or why not.")
class CreateInvoicePayload:
    invoice: Invoice | None = strawberry.field(default=None, description="The draft.")
    unpriced: list[CodeableConcept] = strawberry.field(
        default_factory=list, description="Procedures of the visit that have no price, and are not on the draft: see setCharge."
    )
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class CreateInvoice:
    @strawberry.mutation(
        description="Drafts an invoice. What insurers will pay is worked out from what is known of the coverages, and again "
        "whenever more is known, until it is issued.",
        directives=[auth(Role.STAFF)],
    )
    async def create_invoice(
        self, info: Info, input: Annotated[CreateInvoiceInput, strawberry.argument(description="The input.")]
    ) -> CreateInvoicePayload:
        try:
            drafted = await create_invoice(info.context, input.wish(), input.idempotency_key)
        except Rejected as rejection:
            return CreateInvoicePayload(errors=shown_errors(rejection))
        invoice = await shown_invoice(info, drafted.invoice_id)
        return CreateInvoicePayload(invoice=invoice, unpriced=shown(drafted.unpriced), errors=[])
