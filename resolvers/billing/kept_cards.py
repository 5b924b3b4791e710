"""Cards that patients agreed to keep for later."""

from contextlib import suppress

from models.billing_account import BillingAccount, KeptCard, KeptCardLabel
from models.invoice import Payment
from resolvers.billing.gateway import ProcessorRefused
from resolvers.context import RequestContext
from resolvers.encoding import stored_part
from resolvers.idempotency import Answer, once
from resolvers.policy import restrict
from resolvers.ports import Session
from resolvers.user_errors import NotFound, Rejected

MOST_CARDS = 20


async def keep_card(context: RequestContext, payment_id: str, card_id: str) -> None:
    """Notes a card after a payment in which the patient agreed to it; nothing without that. Once, however often it is told."""
    payment = await Payment.get(payment_id)
    if payment is None or not payment.keep_card or payment.consented_at is None:
        return
    card = await context.ports.payments.card(card_id)
    if card is None:
        return
    label = KeptCardLabel(card.label)
    kept = KeptCard(id=card.id, label=label, expires=card.expires, consented_at=payment.consented_at)
    within = {
        "patient_id": payment.patient_id,
        "cards.id": {"$ne": card.id},
        f"cards.{MOST_CARDS - 1}": {"$exists": False},
    }
    change = {"$push": {"cards": stored_part(BillingAccount, kept)}, "$inc": {"revision": 1}}
    await BillingAccount.get_pymongo_collection().update_one(within, change)


async def forget_card(context: RequestContext, card_id: str, key: str | None) -> None:
    """One of the caller's own. At the processor first: a card that is gone there and still listed here can be removed again.

    Raises Rejected: NotFound. Raises ProcessorDown.
    """
    account = await BillingAccount.find_one(await restrict(BillingAccount, context.access, {"cards.id": card_id}))
    if account is None:
        raise Rejected(NotFound(message="No such card.", path=["card"]))
    with suppress(ProcessorRefused):  # it is gone there already
        await context.ports.payments.forget(card_id)

    async def work(session: Session) -> Answer:
        change = {"$pull": {"cards": {"id": card_id}}, "$inc": {"revision": 1}}
        await BillingAccount.get_pymongo_collection().update_one({"_id": account.id}, change, session=session)
        context.trail.changed("BillingAccount", account.id, account.patient_id, ["cards"])
        return {}

    await once(context, "removeKeptCard", key, {"card": card_id}, work)
