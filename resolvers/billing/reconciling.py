"""Comparing the books with the processor's: what was missed while OHMS was down, or never told."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from models.invoice import Payment, PaymentMethod
from resolvers.billing.facts import NewsMismatch, with_dispute_news, with_payment_news, with_refund_news
from resolvers.billing.gateway import News, PaymentNews, RefundNews
from resolvers.billing.news import payment_of, settle_news
from resolvers.billing.refunding import finish_refunds
from resolvers.context import RequestContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What the processor says of ``payment_id`` and the books do not. ``mended``: the books say it now."""

    payment_id: str
    what: str
    mended: bool


async def reconcile(context: RequestContext, since: datetime, *, mend: bool) -> AsyncIterator[Difference]:
    """Payments made since, with their refunds and disputes. Nothing, when all is well. Raises ProcessorDown, ProcessorRefused."""
    if mend:
        await finish_refunds(context)
    gateway = context.ports.payments
    told = {news.intent_id: news for news in await gateway.payments_since(since)}
    for payment in await _ours(since):
        if payment.intent_id is not None and payment.intent_id not in told:
            news = await gateway.intent(payment.intent_id)
            if news is None:
                what = f"the processor does not know its intent {payment.intent_id}"
                yield Difference(payment_id=payment.id, what=what, mended=False)
            else:
                told[news.intent_id] = news
    async for payment_id, fact in _facts(context, list(told.values()), since):
        difference = await _compared(context, payment_id, fact, mend=mend)
        if difference is not None:
            yield difference


async def _facts(context: RequestContext, told: list[PaymentNews], since: datetime) -> AsyncIterator[tuple[str, News]]:
    """What the processor knows of our payments: each one, its refunds, and then the disputes."""
    gateway = context.ports.payments
    for news in told:
        payment_id = await payment_of(news, gateway)
        if payment_id is not None:
            yield payment_id, news
            for refund in await gateway.refunds_of(news.intent_id):
                yield payment_id, refund
    for dispute in await gateway.disputes_since(since):
        payment_id = await payment_of(dispute, gateway)
        if payment_id is not None:
            yield payment_id, dispute


async def _ours(since: datetime) -> list[Payment]:
    within = {"method": PaymentMethod.CARD.value, "created_at": {"$gte": since}}
    return await Payment.find(within).sort("_id").to_list()


async def _compared(context: RequestContext, payment_id: str, news: News, *, mend: bool) -> Difference | None:
    before = await Payment.get(payment_id)
    if before is None:
        return None
    try:
        after = _after(before, news)
    except NewsMismatch as mismatch:
        return Difference(payment_id=payment_id, what=str(mismatch), mended=False)
    if after == before:
        return None
    if mend:
        await settle_news(context, payment_id, news)
    return Difference(payment_id=payment_id, what=_told(before, after, news), mended=mend)


def _after(before: Payment, news: News) -> Payment:
    if isinstance(news, PaymentNews):
        return with_payment_news(before, news)
    if isinstance(news, RefundNews):
        return with_refund_news(before, news)
    return with_dispute_news(before, news)


def _told(before: Payment, after: Payment, news: News) -> str:
    if isinstance(news, PaymentNews):
        return f"{before.status} here, {after.status} at the processor ({news.amount.formatted})"
    kind = "refund" if isinstance(news, RefundNews) else "dispute"
    return f"a {kind} of {news.amount.formatted} is {news.outcome} at the processor"
