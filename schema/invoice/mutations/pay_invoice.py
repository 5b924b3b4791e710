"""payInvoice."""

from typing import Annotated

import strawberry

from models.role import Role
from resolvers.billing.paying import CardPayment, pay_invoice
from resolvers.user_errors import Rejected
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.invoice.payloads import shown_invoice, shown_payment
from schema.invoice.types import Invoice, Payment
from schema.node import id_of
from schema.provider.inputs import MoneyInput


@strawberry.input(description="An invoice to pay by card.")
class PayInvoiceInput:
    invoice: strawberry.ID = strawberry.field(description="The invoice.")
    amount: MoneyInput | None = strawberry.field(
        default=None, description="A part of the open balance; all of it when not given."
    )
    card: str | None = strawberry.field(default=None, description="A card kept earlier (Patient.keptCards).")
    keep_card: bool = strawberry.field(
        default=False, description="The patient agrees that the card is kept at the card processor for later payments."
    )
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="What a browser needs to pay, or why not.")
class PayInvoicePayload:
    payment: Payment | None = strawberry.field(default=None, description="The payment, PENDING until the processor says more.")
    invoice: Invoice | None = strawberry.field(default=None, description="What it is for.")
    client_secret: str | None = strawberry.field(
        default=None, description="For Stripe.js: it pays this one intent. Card data go to Stripe, never here."
    )
    publishable_key: str | None = strawberry.field(default=None, description="For Stripe.js.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class PayInvoice:
    @strawberry.mutation(
        description="Begins a card payment. Asked again for the same amount it goes on with the same one: nothing is paid twice.",
        directives=[auth(Role.PATIENT, Role.STAFF)],
    )
    async def pay_invoice(
        self, info: Info, input: Annotated[PayInvoiceInput, strawberry.argument(description="The input.")]
    ) -> PayInvoicePayload:
        invoice_id = id_of("Invoice", input.invoice, ["input", "invoice"]) or ""
        try:
            amount = input.amount.cleaned(["amount"]) if input.amount else None
            wish = CardPayment(invoice_id=invoice_id, amount=amount, card_id=input.card, keep_card=input.keep_card)
            begun = await pay_invoice(info.context, wish, input.idempotency_key)
        except Rejected as rejection:
            return PayInvoicePayload(errors=shown_errors(rejection))
        return PayInvoicePayload(
            payment=await shown_payment(info, begun.payment_id),
            invoice=await shown_invoice(info, invoice_id),
            client_secret=begun.client_secret,
            publishable_key=begun.publishable_key,
            errors=[],
        )
