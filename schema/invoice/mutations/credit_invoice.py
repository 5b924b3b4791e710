"""creditInvoice."""

from typing import Annotated

import strawberry

from models.role import Role
from resolvers.billing.crediting import Crediting, LineCredit, credit_invoice
from resolvers.user_errors import Rejected
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.invoice.payloads import shown_invoice
from schema.invoice.types import Invoice
from schema.node import id_of
from schema.provider.inputs import MoneyInput


@strawberry.input(description="How much of a line is taken back.")
class LineCreditInput:
    line: int = strawberry.field(description="Its place on the invoice, from 0.")
    amount: MoneyInput = strawberry.field(description="How much, taxes included; at most what is left of it.")


@strawberry.input(description="An issued invoice to correct.")
class CreditInvoiceInput:
    id: strawberry.ID = strawberry.field(description="The invoice.")
    reason: str = strawberry.field(description="Why; at most 200 characters.")
    lines: list[LineCreditInput] | None = strawberry.field(
        default=None, description="What is taken back; all that is left when not given."
    )
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")

    def crediting(self) -> Crediting:
        lines = None
        if self.lines is not None:
            lines = [
                LineCredit(line=each.line, amount=each.amount.cleaned(["lines", str(place), "amount"]))
                for place, each in enumerate(self.lines)
            ]
        return Crediting(invoice_id=id_of("Invoice", self.id, ["input", "id"]) or "", reason=self.reason, lines=lines)


@strawberry.type(description="The credit note and its invoice, or why not.")
class CreditInvoicePayload:
    credit_note: Invoice | None = strawberry.field(default=None, description="The credit note, with a number of its own.")
    invoice: Invoice | None = strawberry.field(default=None, description="What it corrects.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class CreditInvoice:
    @strawberry.mutation(
        description="Takes an issued invoice back, or a part of it, by a credit note. Each share gives back in proportion. What "
        "was paid beyond what is left becomes the patient's credit: give it back (refundPayment) or use it (applyCredit).",
        directives=[auth(Role.STAFF)],
    )
    async def credit_invoice(
        self, info: Info, input: Annotated[CreditInvoiceInput, strawberry.argument(description="The input.")]
    ) -> CreditInvoicePayload:
        try:
            crediting = input.crediting()
            note_id = await credit_invoice(info.context, crediting, input.idempotency_key)
        except Rejected as rejection:
            return CreditInvoicePayload(errors=shown_errors(rejection))
        note, invoice = await shown_invoice(info, note_id), await shown_invoice(info, crediting.invoice_id)
        return CreditInvoicePayload(credit_note=note, invoice=invoice, errors=[])
