"""What has been paid, given back and is still open on invoices."""

from dataclasses import dataclass

from models.invoice import Invoice, InvoiceStatus, Payment, PaymentMethod, PaymentStatus
from models.money import Money

_RECEIVED = {PaymentStatus.SUCCEEDED, PaymentStatus.REFUNDED, PaymentStatus.PARTIALLY_REFUNDED}
_NOTHING_DUE = {InvoiceStatus.DRAFT, InvoiceStatus.CANCELLED, InvoiceStatus.ENTERED_IN_ERROR}


@dataclass(frozen=True, slots=True)
class Settlement:
    """Sums over the payments of one invoice. ``balance`` is what the patient still owes; below zero it is a credit.

    ``paid`` and ``refunded`` are the patient's: insurance payments settle ``Invoice.insurance``.
    """

    paid: Money
    refunded: Money
    balance: Money


def settlement(invoice: Invoice, payments: list[Payment]) -> Settlement:
    """Raises ValueError when a payment is in another currency than its invoice."""
    currency = invoice.total.currency
    paid = refunded = Money(minor_units=0, currency=currency)
    for payment in payments:
        if payment.method is PaymentMethod.INSURANCE or payment.status not in _RECEIVED:
            continue
        paid += payment.amount
        for refund in payment.refunds:
            if refund.status is PaymentStatus.SUCCEEDED:
                refunded += refund.amount
    due = Money(minor_units=0, currency=currency) if invoice.status in _NOTHING_DUE else invoice.patient_responsibility
    return Settlement(paid=paid, refunded=refunded, balance=due - paid + refunded)
