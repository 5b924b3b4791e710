"""updateInvoice."""

from datetime import date
from typing import Annotated

import strawberry

from models.role import Role
from resolvers.billing.drafts import DraftChange, update_invoice
from resolvers.user_errors import Rejected
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.invoice.inputs import InvoiceLineInput, line_wishes
from schema.invoice.payloads import invoice_payload
from schema.invoice.types import Invoice
from schema.node import id_of
from schema.provider.inputs import MoneyInput


@strawberry.input(description="A draft to change. What is not given stays.")
class UpdateInvoiceInput:
    id: strawberry.ID = strawberry.field(description="The draft.")
    lines: list[InvoiceLineInput] | None = strawberry.field(default=None, description="In the place of all lines; at most 200.")
    discount: MoneyInput | None = strawberry.field(default=None, description="Off the whole; comes with the lines.")
    service_type: str | None = strawberry.field(default=None, description="X12 service type code.")
    insured: bool | None = strawberry.field(default=None, description="False: no plan is asked to pay.")
    due_on: date | None = strawberry.field(default=None, description="When it shall be due.")
    expected_revision: int | None = strawberry.field(
        default=None, description="The revision that the caller knows; a Conflict when there is a newer one."
    )
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")

    def change(self) -> DraftChange:
        return DraftChange(
            invoice_id=id_of("Invoice", self.id, ["input", "id"]) or "",
            lines=None if self.lines is None else line_wishes(self.lines),
            discount=self.discount.cleaned(["discount"]) if self.discount else None,
            service_type=self.service_type,
            insured=self.insured,
            due_on=self.due_on,
            expected_revision=self.expected_revision,
        )


@strawberry.type(description="The draft after the change, or why not.")
class UpdateInvoicePayload:
    invoice: Invoice | None = strawberry.field(default=None, description="The draft.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class UpdateInvoice:
    @strawberry.mutation(
        description="Changes a draft, and works it out anew. What was issued is corrected by a credit note (creditInvoice).",
        directives=[auth(Role.STAFF)],
    )
    async def update_invoice(
        self, info: Info, input: Annotated[UpdateInvoiceInput, strawberry.argument(description="The input.")]
    ) -> UpdateInvoicePayload:
        try:
            change = input.change()
        except Rejected as rejection:
            return UpdateInvoicePayload(errors=shown_errors(rejection))
        work = update_invoice(info.context, change, input.idempotency_key)
        invoice, errors = await invoice_payload(info, change.invoice_id, work)
        return UpdateInvoicePayload(invoice=invoice, errors=errors)
