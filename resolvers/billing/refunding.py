"""Giving money back.

A refund is noted first, with its place in the books; then the processor is asked, under the refund's id. A process that dies
between leaves a refund that ``finish_refunds`` takes up: there is one at the processor, however often it is asked.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pydantic_core import to_jsonable_python

from models.identity import new_id
from models.invoice import Payment, PaymentMethod, PaymentStatus, Refund, RefundReason
from models.ledger import LedgerCause
from models.money import Money
from resolvers.billing.facts import refundable, with_refund
from resolvers.billing.gateway import Outcome, ProcessorDown, ProcessorRefused, RefundNews
from resolvers.billing.lines import check_amount
from resolvers.billing.news import settle_news
from resolvers.billing.payment_rows import update_payment
from resolvers.billing.positions import RECEIVED
from resolvers.billing.posting import post
from resolvers.billing.receiving import excessive
from resolvers.complaints import MAX_TEXT, Complaints
from resolvers.context import RequestContext
from resolvers.idempotency import Answer, once
from resolvers.policy import restrict
from resolvers.ports import Session
from resolvers.user_errors import InvalidInput, NotFound, Rejected

LEFT_ALONE = timedelta(seconds=30)
"""A refund that is younger is perhaps being asked for by the process that noted it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundWish:
    """``amount`` None: all that can still be given back."""

    payment_id: str
    amount: Money | None
    reason: str

    def noted(self) -> dict[str, Any]:
        found: dict[str, Any] = to_jsonable_python({name: getattr(self, name) for name in self.__slots__})
        return found


async def refund_payment(context: RequestContext, wish: RefundWish, key: str | None) -> None:
    """Raises Rejected: NotFound, NOT_RECEIVED, USE_CREDIT, EXCESSIVE, CARDS_NOT_SET_UP, InvalidInput.

    A card refund is PENDING until the processor says otherwise, also where it does not answer now.
    """
    payment = await Payment.find_one(await restrict(Payment, context.access, {"_id": wish.payment_id}))
    if payment is None:
        raise Rejected(NotFound(message="No such payment.", path=["payment"]))
    by_card = payment.method is PaymentMethod.CARD and payment.intent_id is not None
    if by_card and context.ports.payments.publishable_key is None:
        message = "Card payment is not set up here: it cannot be given back to the card."
        raise Rejected(InvalidInput(message=message, code="CARDS_NOT_SET_UP", path=["payment"]))

    async def work(session: Session) -> Answer:
        before: Payment | None = await Payment.get(wish.payment_id, session=session)
        if before is None:
            raise Rejected(NotFound(message="No such payment.", path=["payment"]))
        amount = _amount(before, wish)
        instant = context.access.instant
        status = PaymentStatus.PENDING if by_card else PaymentStatus.SUCCEEDED
        refund = Refund(id=new_id(), amount=amount, reason=RefundReason(wish.reason.strip()), status=status, at=instant)
        await update_payment(session, before, with_refund(before, refund), instant)
        cash = 0 if by_card else -amount.minor_units
        await post(session, before.invoice_id, LedgerCause.REFUND, instant, cash=cash, payment_id=before.id)
        context.trail.changed("Payment", before.id, before.patient_id, ["refunds", "status"])
        return {"refund": refund.id}

    answer = await once(context, "refundPayment", key, wish.noted(), work)
    if by_card:
        await _ask(context, wish.payment_id, str(answer["refund"]))


def _amount(payment: Payment, wish: RefundWish) -> Money:
    """Raises Rejected."""
    if payment.method is PaymentMethod.CREDIT:
        message = "It was paid with a credit: give back the payment that the credit came from."
        raise Rejected(InvalidInput(message=message, code="USE_CREDIT", path=["payment"]))
    if payment.status not in RECEIVED:
        message = f"The payment is {payment.status}: nothing has come in that could be given back."
        raise Rejected(InvalidInput(message=message, code="NOT_RECEIVED", path=["payment"]))
    most = refundable(payment)
    amount = wish.amount or Money(minor_units=most, currency=payment.amount.currency)
    if most == 0:
        raise excessive(amount, 0, ["amount"])
    complaints = Complaints()
    complaints.text(["reason"], wish.reason, most=MAX_TEXT, required=True)
    check_amount(complaints, amount, ["amount"], payment.amount.currency)
    complaints.check()
    if amount.minor_units > most:
        raise excessive(amount, most, ["amount"])
    return amount


async def _ask(context: RequestContext, payment_id: str, refund_id: str) -> None:
    """Asks the processor for a refund that is noted. Where it does not answer, ``finish_refunds`` asks again."""
    payment = await Payment.get(payment_id)
    refund = None if payment is None else next((each for each in payment.refunds if each.id == refund_id), None)
    if payment is None or refund is None or payment.intent_id is None or refund.processor_id is not None:
        return
    try:
        news = await context.ports.payments.refund(refund_id, payment.id, payment.intent_id, refund.amount)
    except ProcessorDown:
        return
    except ProcessorRefused as refusal:
        news = RefundNews(
            id=f"refused-{refund_id}",
            intent_id=payment.intent_id,
            refund_id=refund_id,
            amount=refund.amount,
            outcome=Outcome.FAILED,
            at=context.ports.clock(),
        )
        del refusal  # its text may name the card holder's bank; the books need only that it failed
    await settle_news(context, payment.id, news)


async def finish_refunds(context: RequestContext) -> int:
    """Takes up refunds that were noted and perhaps never asked for: by any process, as often as it likes. How many."""
    if context.ports.payments.publishable_key is None:
        return 0
    before = context.ports.clock() - LEFT_ALONE
    waiting = {"status": PaymentStatus.PENDING.value, "processor_id": None, "id": {"$ne": None}, "at": {"$lt": before}}
    within = {"method": PaymentMethod.CARD.value, "refunds": {"$elemMatch": waiting}}
    found = await Payment.find(within).sort("_id").limit(100).to_list()
    count = 0
    for payment in found:
        for refund in payment.refunds:
            if refund.id and refund.processor_id is None and refund.status is PaymentStatus.PENDING and refund.at < before:
                await _ask(context, payment.id, refund.id)
                count += 1
    return count
