"""refundPayment."""

from typing import Annotated

import strawberry

from models.role import Role
from resolvers.billing.refunding import RefundWish, refund_payment
from resolvers.user_errors import Rejected
from schema.authorization import auth
from schema.errors import shown_errors
from schema.info import Info
from schema.invoice.payloads import PaymentPayload, payment_payload
from schema.node import id_of
from schema.provider.inputs import MoneyInput


@strawberry.input(description="A payment to give back.")
class RefundPaymentInput:
    payment: strawberry.ID = strawberry.field(description="The payment.")
    amount: MoneyInput | None = strawberry.field(default=None, description="A part of it; all that is left when not given.")
    reason: str = strawberry.field(description="Why; at most 200 characters.")
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="The payment and its invoice, or why not.")
class RefundPaymentPayload(PaymentPayload):
    pass


@strawberry.type
class RefundPayment:
    @strawberry.mutation(
        description="Gives money back: first of what was paid too much, then the patient owes it again. To a card it goes "
        "through the card processor, and is PENDING until that says more; it may fail later.",
        directives=[auth(Role.STAFF)],
    )
    async def refund_payment(
        self, info: Info, input: Annotated[RefundPaymentInput, strawberry.argument(description="The input.")]
    ) -> RefundPaymentPayload:
        payment_id = id_of("Payment", input.payment, ["input", "payment"]) or ""
        try:
            amount = input.amount.cleaned(["amount"]) if input.amount else None
            wish = RefundWish(payment_id=payment_id, amount=amount, reason=input.reason)
            await refund_payment(info.context, wish, input.idempotency_key)
        except Rejected as rejection:
            return RefundPaymentPayload(errors=shown_errors(rejection))
        shown = await payment_payload(info, payment_id)
        return RefundPaymentPayload(payment=shown.payment, invoice=shown.invoice, errors=[])
