"""Payments of every kind: what insurers sent, what patients paid, what failed, and what was given back."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from models.invoice import Invoice, Payment, PaymentMethod, PaymentStatus, Refund
from models.money import Money
from ohms_graphql.demo.cast import chance, demo_id

_METHODS = (
    PaymentMethod.CARD,
    PaymentMethod.CARD,
    PaymentMethod.CARD,
    PaymentMethod.BANK_TRANSFER,
    PaymentMethod.CHECK,
    PaymentMethod.CASH,
)
_DECLINED = "The card was declined."
_ON_ITS_WAY = timedelta(days=5)


@dataclass
class Paid:
    """The payments on one invoice, and whether both insurer and patient have paid their part."""

    invoice: Invoice
    entries: list[Payment] = field(default_factory=list)
    in_full: bool = False

    def add(
        self, cents: int, method: PaymentMethod, status: PaymentStatus, at: datetime, refunds: list[Refund] | None = None
    ) -> None:
        received = status not in {PaymentStatus.PENDING, PaymentStatus.FAILED}
        changed = max([at, *(refund.at for refund in refunds or [])])
        self.entries.append(
            Payment(
                id=demo_id("Payment", f"{self.invoice.id}-{len(self.entries)}"),
                created_at=at,
                updated_at=changed,
                revision=1 + len(refunds or []),
                invoice_id=self.invoice.id,
                patient_id=self.invoice.patient_id,
                amount=Money(minor_units=cents),
                method=method,
                status=status,
                received_at=at if received else None,
                refunds=refunds or [],
                failure_reason=_DECLINED if status is PaymentStatus.FAILED else None,
                confidentiality=self.invoice.confidentiality,
            )
        )


def payments(invoice: Invoice, number: int, anchor: datetime) -> Paid:
    """What has come by ``anchor`` for the invoice of that running number."""
    paid = Paid(invoice)
    issued = invoice.issued_at or anchor
    insured = _by_insurer(paid, issued, anchor)
    settled = _by_patient(paid, number, issued, anchor)
    paid.in_full = bool(paid.entries) and insured and settled
    return paid


def _by_insurer(paid: Paid, issued: datetime, anchor: datetime) -> bool:
    cents = paid.invoice.insurance.minor_units
    luck = chance("insurer", paid.invoice.id)
    at = issued + timedelta(days=luck.randrange(6, 26), minutes=luck.randrange(300))
    if cents == 0:
        return True
    if at <= anchor:
        paid.add(cents, PaymentMethod.INSURANCE, PaymentStatus.SUCCEEDED, at)
    return at <= anchor


def _by_patient(paid: Paid, number: int, issued: datetime, anchor: datetime) -> bool:
    due = paid.invoice.patient_responsibility.minor_units
    luck = chance("payer", paid.invoice.id)
    at = issued + timedelta(days=luck.randrange(1, 29), minutes=luck.randrange(300))
    method = luck.choice(_METHODS)
    if due == 0:
        return True
    if luck.random() > 0.88 or at > anchor:
        return False
    if method is PaymentMethod.BANK_TRANSFER and anchor - at < _ON_ITS_WAY:
        paid.add(due, method, PaymentStatus.PENDING, at)
        return False
    if method is PaymentMethod.CARD and luck.random() < 0.08:
        paid.add(due, method, PaymentStatus.FAILED, at - timedelta(minutes=20))
    if number % 17 == 0:  # half now, the rest some day
        paid.add(due // 2 or due, method, PaymentStatus.SUCCEEDED, at)
        return due == 1
    paid.add(due, method, PaymentStatus.SUCCEEDED, at)
    if number % 30 == 0 and anchor - at > timedelta(days=4):
        _paid_twice(paid, due, number, at + timedelta(hours=1))
    return True


def _paid_twice(paid: Paid, due: int, number: int, at: datetime) -> None:
    """The second payment goes back: at once, at the second try, or half of it with the rest on its way."""
    first, second = at + timedelta(days=1), at + timedelta(days=2)
    done, failed, waiting = PaymentStatus.SUCCEEDED, PaymentStatus.FAILED, PaymentStatus.PENDING
    half = due // 2 or due
    stories: list[list[tuple[int, PaymentStatus, datetime]]] = [
        [(due, done, first)],
        [(half, done, first), (due - half, waiting, second)],
        [(due, failed, first), (due, done, second)],
    ]
    refunds = [
        Refund(amount=Money(minor_units=cents), reason="Paid twice", status=status, at=when)
        for cents, status, when in stories[number // 30 % 3]
        if cents
    ]
    back = sum(refund.amount.minor_units for refund in refunds if refund.status is done)
    status = PaymentStatus.REFUNDED if back == due else PaymentStatus.PARTIALLY_REFUNDED
    paid.add(due, PaymentMethod.CARD, status, at, refunds)
