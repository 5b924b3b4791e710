"""What the mutations of invoices give."""

from collections.abc import Awaitable

import strawberry

from models.invoice import Payment as PaymentDocument
from resolvers.user_errors import Rejected
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.invoice.types import Invoice, Payment


@strawberry.type(description="The invoice after the change, or why not.")
class InvoicePayload:
    invoice: Invoice | None = strawberry.field(default=None, description="The invoice.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type(description="The payment and its invoice, or why not.")
class PaymentPayload:
    payment: Payment | None = strawberry.field(default=None, description="The payment.")
    invoice: Invoice | None = strawberry.field(default=None, description="What it is for.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


async def shown_invoice(info: Info, invoice_id: str) -> Invoice | None:
    found = await info.context.loaders.invoices.load(invoice_id)
    return None if found is None else Invoice.from_document(found)


async def shown_payment(info: Info, payment_id: str) -> Payment | None:
    found = await info.context.loaders.by_id(PaymentDocument).load(payment_id)
    return None if found is None else Payment.from_document(found)


async def invoice_payload(info: Info, invoice_id: str, work: Awaitable[object]) -> tuple[Invoice | None, list[UserError]]:
    """Runs a use case that changes an invoice; the invoice, or why not."""
    try:
        await work
    except Rejected as rejection:
        return None, shown_errors(rejection)
    return await shown_invoice(info, invoice_id), []


async def payment_payload(info: Info, payment_id: str) -> PaymentPayload:
    payment = await shown_payment(info, payment_id)
    invoice = None if payment is None else await shown_invoice(info, payment.document.invoice_id)
    return PaymentPayload(payment=payment, invoice=invoice, errors=[])
