"""What is known of a payment, and how news change it. Pure.

News come twice, late and out of order. Each fact moves one way only: a payment that succeeded stays so, and so does a refund that
failed. So the end is the same whatever the order.
"""

from collections.abc import Sequence
from datetime import datetime

from models.invoice import Dispute, DisputeStatus, FailureReason, Payment, PaymentStatus, Refund
from resolvers.billing.gateway import DisputeNews, DisputeOutcome, Outcome, PaymentNews, RefundNews
from resolvers.billing.positions import RECEIVED

_REFUND_RANK = {PaymentStatus.PENDING: 0, PaymentStatus.SUCCEEDED: 1, PaymentStatus.FAILED: 2}
"""A refund may fail after it succeeded, and never succeeds after it failed."""

_STATUS = {
    Outcome.PENDING: PaymentStatus.PENDING,
    Outcome.SUCCEEDED: PaymentStatus.SUCCEEDED,
    Outcome.FAILED: PaymentStatus.FAILED,
}
_DISPUTE = {
    DisputeOutcome.OPEN: DisputeStatus.OPEN,
    DisputeOutcome.WON: DisputeStatus.WON,
    DisputeOutcome.LOST: DisputeStatus.LOST,
}
_DISPUTE_RANK = {DisputeStatus.OPEN: 0, DisputeStatus.WON: 1, DisputeStatus.LOST: 2}


class NewsMismatch(Exception):
    """News about a payment that do not fit it: another amount or currency. A human has to look."""


def with_payment_news(payment: Payment, news: PaymentNews) -> Payment:
    """Raises NewsMismatch."""
    changes: dict[str, object] = {"intent_id": news.intent_id or payment.intent_id}
    if news.outcome is Outcome.SUCCEEDED:
        if news.amount != payment.amount:
            raise NewsMismatch(f"{news.amount.formatted} came in for a payment of {payment.amount.formatted}")
        received = min(news.at, payment.received_at) if payment.received_at else news.at
        changes |= {"received_at": received, "failure_reason": None, "failed_at": None}
        if payment.status not in RECEIVED:
            changes["status"] = PaymentStatus.SUCCEEDED
    elif news.outcome is Outcome.FAILED and payment.status not in RECEIVED and _is_later(payment, news):
        reason = FailureReason(news.reason) if news.reason else None
        changes |= {"status": PaymentStatus.FAILED, "failed_at": news.at, "failure_reason": reason}
    changes["over"] = payment.over or news.over or news.outcome is Outcome.SUCCEEDED
    return _restated(_with(payment, **changes))


def _is_later(payment: Payment, news: PaymentNews) -> bool:
    """Of several failures the last one counts; of two at one instant the one whose text sorts last."""
    known = (payment.failed_at, str(payment.failure_reason or ""))
    return payment.failed_at is None or (news.at, news.reason or "") > known


def with_refund_news(payment: Payment, news: RefundNews) -> Payment:
    """Raises NewsMismatch."""
    if news.amount.currency != payment.amount.currency:
        raise NewsMismatch(f"a refund in {news.amount.currency} of a payment in {payment.amount.currency}")
    known = [refund for refund in payment.refunds if _is_same(refund, news)]
    status = _STATUS[news.outcome]
    if not known:
        made = Refund(id=news.refund_id, processor_id=news.id, amount=news.amount, status=status, at=news.at)
        return _restated(_with(payment, refunds=_sorted([*payment.refunds, made])))
    before = known[0]
    if before.amount != news.amount:
        raise NewsMismatch(f"a refund of {news.amount.formatted} that was asked for as {before.amount.formatted}")
    further = status if _REFUND_RANK[status] > _REFUND_RANK[before.status] else before.status
    after = before.model_copy(update={"processor_id": news.id, "status": further})
    return _restated(replaced(payment, before, after))


def _is_same(refund: Refund, news: RefundNews) -> bool:
    return refund.processor_id == news.id or (refund.id is not None and refund.id == news.refund_id)


def replaced(payment: Payment, before: Refund, after: Refund) -> Payment:
    refunds = [after if refund is before else refund for refund in payment.refunds]
    return _with(payment, refunds=refunds)


def _sorted(refunds: Sequence[Refund]) -> list[Refund]:
    return sorted(refunds, key=lambda refund: (refund.at, refund.processor_id or "", refund.id or ""))


def with_dispute_news(payment: Payment, news: DisputeNews) -> Payment:
    """Raises NewsMismatch."""
    if news.amount.currency != payment.amount.currency:
        raise NewsMismatch(f"a dispute in {news.amount.currency} of a payment in {payment.amount.currency}")
    status = _DISPUTE[news.outcome]
    known = next((dispute for dispute in payment.disputes if dispute.id == news.id), None)
    if known is None:
        made = Dispute(id=news.id, amount=news.amount, status=status, at=news.at)
    else:
        further = status if _DISPUTE_RANK[status] > _DISPUTE_RANK[known.status] else known.status
        made = known.model_copy(update={"status": further, "at": min(known.at, news.at)})
    others = [dispute for dispute in payment.disputes if dispute.id != news.id]
    return _with(payment, disputes=sorted([*others, made], key=lambda dispute: dispute.id))


def with_refund(payment: Payment, refund: Refund) -> Payment:
    return _restated(_with(payment, refunds=_sorted([*payment.refunds, refund])))


def _restated(payment: Payment) -> Payment:
    """The status of a payment that arrived follows from what was given back."""
    if payment.status not in RECEIVED:
        return payment
    back = sum(refund.amount.minor_units for refund in payment.refunds if refund.status is PaymentStatus.SUCCEEDED)
    status = PaymentStatus.PARTIALLY_REFUNDED if back else PaymentStatus.SUCCEEDED
    return _with(payment, status=PaymentStatus.REFUNDED if back >= payment.amount.minor_units else status)


def refundable(payment: Payment) -> int:
    """Minor units that can still be given back: captured, less what was or will be given back, less what is disputed or lost."""
    if payment.status not in RECEIVED:
        return 0
    back = sum(refund.amount.minor_units for refund in payment.refunds if refund.status is not PaymentStatus.FAILED)
    disputed = sum(dispute.amount.minor_units for dispute in payment.disputes if dispute.status is not DisputeStatus.WON)
    return max(0, payment.amount.minor_units - back - disputed)


def with_change(payment: Payment, instant: datetime) -> Payment:
    return _with(payment, revision=payment.revision + 1, updated_at=instant)


def _with(payment: Payment, **changes: object) -> Payment:
    changed: Payment = payment.model_copy(update=changes)
    return changed
