"""sendPaymentLink."""

from datetime import datetime
from typing import Annotated

import strawberry

from models.role import Role
from resolvers.billing.payment_link import send_payment_link
from resolvers.user_errors import Rejected
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.invoice.payloads import shown_payment
from schema.invoice.types import Payment
from schema.node import id_of
from schema.provider.inputs import MoneyInput


@strawberry.input(description="An invoice that the patient is asked to pay by mail.")
class SendPaymentLinkInput:
    invoice: strawberry.ID = strawberry.field(description="The invoice.")
    amount: MoneyInput | None = strawberry.field(
        default=None, description="A part of the open balance; all of it when not given."
    )
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="What was sent, or why not.")
class SendPaymentLinkPayload:
    payment: Payment | None = strawberry.field(default=None, description="The payment, PENDING until the page is used.")
    expires_at: datetime | None = strawberry.field(default=None, description="Until when the page can be used.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class SendPaymentLink:
    @strawberry.mutation(
        description="Mails the patient a page of the card processor's to pay on. The mail says neither how much nor for what.",
        directives=[auth(Role.STAFF)],
    )
    async def send_payment_link(
        self, info: Info, input: Annotated[SendPaymentLinkInput, strawberry.argument(description="The input.")]
    ) -> SendPaymentLinkPayload:
        invoice_id = id_of("Invoice", input.invoice, ["input", "invoice"]) or ""
        try:
            amount = input.amount.cleaned(["amount"]) if input.amount else None
            sent = await send_payment_link(info.context, invoice_id, amount, input.idempotency_key)
        except Rejected as rejection:
            return SendPaymentLinkPayload(errors=shown_errors(rejection))
        payment = await shown_payment(info, sent.payment_id)
        return SendPaymentLinkPayload(payment=payment, expires_at=sent.expires_at, errors=[])
