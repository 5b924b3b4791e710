"""cancelInvoice."""

from typing import Annotated

import strawberry

from models.role import Role
from resolvers.billing.drafts import cancel_invoice
from schema.authorization import auth
from schema.errors import UserError
from schema.info import Info
from schema.invoice.payloads import invoice_payload
from schema.invoice.types import Invoice
from schema.node import id_of


@strawberry.input(description="A draft to give up.")
class CancelInvoiceInput:
    id: strawberry.ID = strawberry.field(description="The draft.")
    entered_in_error: bool = strawberry.field(default=False, description="It should never have been made.")
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="The invoice after the change, or why not.")
class CancelInvoicePayload:
    invoice: Invoice | None = strawberry.field(default=None, description="What was given up.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class CancelInvoice:
    @strawberry.mutation(
        description="Gives a draft up; its visit can be billed anew. What was issued is credited instead.",
        directives=[auth(Role.STAFF)],
    )
    async def cancel_invoice(
        self, info: Info, input: Annotated[CancelInvoiceInput, strawberry.argument(description="The input.")]
    ) -> CancelInvoicePayload:
        invoice_id = id_of("Invoice", input.id, ["input", "id"]) or ""
        work = cancel_invoice(info.context, invoice_id, in_error=input.entered_in_error, key=input.idempotency_key)
        invoice, errors = await invoice_payload(info, invoice_id, work)
        return CancelInvoicePayload(invoice=invoice, errors=errors)
