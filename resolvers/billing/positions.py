"""What an invoice, its credit notes and its payments come to in each account of the books. Pure.

The books are written as the difference between this and what stands in them (``resolvers.billing.posting``). So the end does not
depend on the order in which facts come, nor on how often: it is a function of the facts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from models.invoice import DisputeStatus, Invoice, InvoiceStatus, Payment, PaymentMethod, PaymentStatus
from models.ledger import LedgerAccount
from models.money import Money

ASKED = frozenset({InvoiceStatus.ISSUED, InvoiceStatus.BALANCED})
RECEIVED = frozenset({PaymentStatus.SUCCEEDED, PaymentStatus.REFUNDED, PaymentStatus.PARTIALLY_REFUNDED})

Positions = dict[LedgerAccount, int]
"""Minor units by account; accounts at zero are left out."""


@dataclass(frozen=True, slots=True)
class Flow:
    """What one payment moved. Minor units."""

    paid: int = 0
    refunds_asked: int = 0
    refunds_done: int = 0
    disputed: int = 0
    lost: int = 0
    adjustment: int = 0
    transferred: int = 0


def flow(payment: Payment) -> Flow:
    """Refunds and disputes count although the news of the payment itself has not come yet."""
    refunds = [refund for refund in payment.refunds if refund.status is not PaymentStatus.FAILED]
    received = payment.status in RECEIVED
    return Flow(
        paid=payment.amount.minor_units if received else 0,
        refunds_asked=sum(refund.amount.minor_units for refund in refunds),
        refunds_done=sum(refund.amount.minor_units for refund in refunds if refund.status is PaymentStatus.SUCCEEDED),
        disputed=_sum(payment, DisputeStatus.OPEN),
        lost=_sum(payment, DisputeStatus.LOST),
        adjustment=payment.adjustment.minor_units if received and payment.adjustment else 0,
        transferred=payment.transferred.minor_units if received and payment.transferred else 0,
    )


def positions(invoice: Invoice, notes: Sequence[Invoice], payments: Sequence[Payment], used: Iterable[Payment] = ()) -> Positions:
    """``used`` are payments on other invoices that were made with what was paid too much on this one.

    Raises ValueError for amounts in another currency than the invoice's. A credit note has nothing of its own.
    """
    if invoice.status not in ASKED or invoice.credits_invoice_id is not None:
        return {}
    _one_currency(invoice, notes, payments)
    asked = [invoice, *(note for note in notes if note.status in ASKED)]
    patient = sum(each.patient_responsibility.minor_units for each in asked)
    insurance = sum(each.insurance.minor_units for each in asked)
    total = sum(each.total.minor_units for each in asked)
    tax = sum(each.tax.minor_units for each in asked)
    adjustment = total - patient - insurance
    cash = refunds = disputes = 0
    for payment in payments:
        moved = flow(payment)
        cash += (0 if payment.method is PaymentMethod.CREDIT else moved.paid) - moved.refunds_done - moved.disputed - moved.lost
        refunds -= moved.refunds_asked - moved.refunds_done
        disputes += moved.disputed
        back = moved.refunds_asked + moved.lost
        if payment.method is PaymentMethod.INSURANCE:
            insurance += back - moved.paid - moved.adjustment - moved.transferred
            patient += moved.transferred
            adjustment += moved.adjustment
        else:
            patient += back - moved.paid
    patient += sum(flow(payment).paid for payment in used)
    found = {
        LedgerAccount.PATIENT_RECEIVABLE: max(patient, 0),
        LedgerAccount.CREDITS: min(patient, 0),
        LedgerAccount.INSURANCE_RECEIVABLE: insurance,
        LedgerAccount.CASH: cash,
        LedgerAccount.REFUNDS: refunds,
        LedgerAccount.DISPUTES: disputes,
        LedgerAccount.ADJUSTMENTS: adjustment,
        LedgerAccount.REVENUE: tax - total,
        LedgerAccount.TAX: -tax,
    }
    return {account: minor_units for account, minor_units in found.items() if minor_units}


def settled_status(invoice: Invoice, found: Positions) -> InvoiceStatus:
    """BALANCED once neither patient nor insurer owes anything and nothing is disputed; back to ISSUED when that changes."""
    if invoice.status not in ASKED:
        return invoice.status
    open_accounts = (LedgerAccount.PATIENT_RECEIVABLE, LedgerAccount.INSURANCE_RECEIVABLE, LedgerAccount.DISPUTES)
    return InvoiceStatus.ISSUED if any(found.get(account) for account in open_accounts) else InvoiceStatus.BALANCED


def balance(found: Positions) -> int:
    """What the patient still owes, in minor units; below zero it is a credit."""
    return found.get(LedgerAccount.PATIENT_RECEIVABLE, 0) + found.get(LedgerAccount.CREDITS, 0)


def _sum(payment: Payment, status: DisputeStatus) -> int:
    return sum(dispute.amount.minor_units for dispute in payment.disputes if dispute.status is status)


def _one_currency(invoice: Invoice, notes: Sequence[Invoice], payments: Sequence[Payment]) -> None:
    currency = invoice.total.currency
    amounts: list[Money] = [note.total for note in notes] + [payment.amount for payment in payments]
    other = {amount.currency for amount in amounts} - {currency}
    if other:
        raise ValueError(f"{', '.join(sorted(other))} on an invoice in {currency}")
