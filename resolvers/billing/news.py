"""Bringing the processor's news into the books. Idempotent, in any order."""

from models.invoice import Payment
from models.ledger import LedgerCause
from resolvers.billing.facts import with_dispute_news, with_payment_news, with_refund_news
from resolvers.billing.gateway import News, PaymentGateway, PaymentNews, RefundNews
from resolvers.billing.kept_cards import keep_card
from resolvers.billing.payment_rows import update_payment
from resolvers.billing.posting import post
from resolvers.context import RequestContext
from resolvers.ports import Session
from resolvers.transactions import transact


async def payment_of(news: News, gateway: PaymentGateway) -> str | None:
    """The id of the payment that news are about; None for what was not paid through OHMS.

    Our own commit may come later than the news: then the processor is asked whose the intent is.
    """
    if isinstance(news, PaymentNews):
        found = news.payment_id
        if found is not None:
            return found if await Payment.find({"_id": found}).exists() else None
    row = await Payment.get_pymongo_collection().find_one({"intent_id": news.intent_id}, {"_id": 1})
    if row is not None:
        return str(row["_id"])
    intent = await gateway.intent(news.intent_id)
    if intent is None or intent.payment_id is None:
        return None
    return intent.payment_id if await Payment.find({"_id": intent.payment_id}).exists() else None


async def take_in(context: RequestContext, news: News) -> bool:
    """True where it was ours. Raises ProcessorDown, ProcessorRefused, and NewsMismatch for what does not fit the payment."""
    payment_id = await payment_of(news, context.ports.payments)
    if payment_id is None:
        return False
    await settle_news(context, payment_id, news)
    if isinstance(news, PaymentNews) and news.kept_card is not None:
        await keep_card(context, payment_id, news.kept_card)
    return True


async def settle_news(context: RequestContext, payment_id: str, news: News) -> None:
    """Raises NewsMismatch."""

    async def work(session: Session) -> None:
        before: Payment | None = await Payment.get(payment_id, session=session)
        if before is None:
            raise RuntimeError("a payment vanished")
        after, cause = _after(before, news)
        if after == before:
            return
        instant = context.ports.clock()
        await update_payment(session, before, after, instant)
        await post(session, before.invoice_id, cause, instant, payment_id=before.id)
        context.trail.changed("Payment", before.id, before.patient_id, ["status"])

    await transact(context, work)


def _after(before: Payment, news: News) -> tuple[Payment, LedgerCause]:
    if isinstance(news, PaymentNews):
        return with_payment_news(before, news), LedgerCause.PAYMENT
    if isinstance(news, RefundNews):
        return with_refund_news(before, news), LedgerCause.REFUND
    return with_dispute_news(before, news), LedgerCause.DISPUTE
