"""What the patient has paid on an invoice, and got back. Pure. What is open says the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.invoice import Invoice, Payment, PaymentMethod, PaymentStatus
from models.money import Money
from resolvers.billing.positions import RECEIVED


@dataclass(frozen=True, slots=True)
class PatientsPayments:
    """Insurers' payments are not among them. ``refunded`` is what has gone out, not what is on its way."""

    paid: Money
    refunded: Money


def patients_payments(invoice: Invoice, payments: Sequence[Payment]) -> PatientsPayments:
    paid = refunded = Money(minor_units=0, currency=invoice.total.currency)
    for payment in payments:
        if payment.method is PaymentMethod.INSURANCE or payment.status not in RECEIVED:
            continue
        paid += payment.amount
        for refund in payment.refunds:
            if refund.status is PaymentStatus.SUCCEEDED:
                refunded += refund.amount
    return PatientsPayments(paid, refunded)
