"""applyCredit."""

from typing import Annotated

import strawberry

from models.role import Role
from resolvers.billing.credit import apply_credit
from resolvers.user_errors import Rejected
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.invoice.payloads import shown_invoice, shown_payment
from schema.invoice.types import Invoice, Payment
from schema.node import id_of
from schema.provider.inputs import MoneyInput


@strawberry.input(description="An invoice to pay with what was paid too much on others.")
class ApplyCreditInput:
    invoice: strawberry.ID = strawberry.field(description="The invoice.")
    amount: MoneyInput | None = strawberry.field(default=None, description="How much; as much as there is when not given.")
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="The payments and the invoice, or why not.")
class ApplyCreditPayload:
    payments: list[Payment] = strawberry.field(default_factory=list, description="One for each invoice whose surplus was used.")
    invoice: Invoice | None = strawberry.field(default=None, description="What was paid.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class ApplyCredit:
    @strawberry.mutation(
        description="Pays an invoice with the patient's credit, the oldest first. Credit of confidential invoices pays "
        "confidential ones only.",
        directives=[auth(Role.PATIENT, Role.STAFF)],
    )
    async def apply_credit(
        self, info: Info, input: Annotated[ApplyCreditInput, strawberry.argument(description="The input.")]
    ) -> ApplyCreditPayload:
        invoice_id = id_of("Invoice", input.invoice, ["input", "invoice"]) or ""
        try:
            amount = input.amount.cleaned(["amount"]) if input.amount else None
            ids = await apply_credit(info.context, invoice_id, amount, input.idempotency_key)
        except Rejected as rejection:
            return ApplyCreditPayload(errors=shown_errors(rejection))
        found = [await shown_payment(info, payment_id) for payment_id in ids]
        payments = [payment for payment in found if payment is not None]
        return ApplyCreditPayload(payments=payments, invoice=await shown_invoice(info, invoice_id), errors=[])
