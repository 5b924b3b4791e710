"""Paying an invoice by card.

In three steps, each of which may be the last one of a process that dies: the payment is noted, PENDING; the processor is asked
for an intent under the payment's id; what it says is noted. Whoever asks again goes on where it ended, with the same intent. The
money itself is known from the processor's events alone (``resolvers.billing.news``), never from what a browser says.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic_core import to_jsonable_python

from models.billing_account import BillingAccount, billing_account_id
from models.invoice import Invoice, Payment, PaymentMethod, PaymentStatus
from models.ledger import LedgerAccount
from models.money import Money
from models.patient import ProxyScope
from models.role import Role
from resolvers.billing.books import booked_positions
from resolvers.billing.drafts import invoice_must_be_visible
from resolvers.billing.gateway import IntentWish, Outcome, PaymentNews, ProcessorDown, ProcessorRefused
from resolvers.billing.lines import check_amount
from resolvers.billing.news import settle_news
from resolvers.billing.receiving import excessive, open_book, owed
from resolvers.complaints import Complaints
from resolvers.context import RequestContext
from resolvers.idempotency import Answer, once
from resolvers.ports import Session
from resolvers.user_errors import InvalidInput, NotFound, Rejected

DESCRIPTION = "Clinic invoice"
"""What the processor and the card holder's bank read: no more than that."""


_OPEN = {
    "method": PaymentMethod.CARD.value,
    "status": {"$in": [PaymentStatus.PENDING.value, PaymentStatus.FAILED.value]},
    "over": False,
}
"""A card that was declined does not end an intent: another card may pay it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPayment:
    """``amount`` None: the open balance. ``card_id``: one kept earlier. ``keep_card``: the patient consents to keep this one."""

    invoice_id: str
    amount: Money | None = None
    card_id: str | None = None
    keep_card: bool = False

    def noted(self) -> dict[str, Any]:
        found: dict[str, Any] = to_jsonable_python({name: getattr(self, name) for name in self.__slots__})
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """``client_secret`` lets a browser pay, and only that one intent."""

    payment_id: str
    client_secret: str | None
    publishable_key: str


async def must_pay_for(context: RequestContext, invoice_id: str) -> Invoice:
    """Staff for everybody, patients for themselves, their proxies for BILLING. Raises Rejected: NotFound, NOT_YOURS."""
    invoice = await invoice_must_be_visible(context, invoice_id, ["invoice"])
    access = context.access
    patients = [*access.own, *await access.proxied(ProxyScope.BILLING)]
    if Role.STAFF not in context.principal.roles and invoice.patient_id not in patients:
        message = "You see this invoice, and cannot pay it."
        raise Rejected(InvalidInput(message=message, code="NOT_YOURS", path=["invoice"]))
    return invoice


def must_be_set_up(context: RequestContext) -> str:
    """The publishable key. Raises Rejected with CARDS_NOT_SET_UP."""
    key = context.ports.payments.publishable_key
    if key is None:
        message = "Card payment is not set up here: pay at the desk, or by transfer."
        raise Rejected(InvalidInput(message=message, code="CARDS_NOT_SET_UP", path=["invoice"]))
    return key


async def pay_invoice(context: RequestContext, wish: CardPayment, key: str | None) -> Begun:
    """Raises Rejected: NotFound, NOT_YOURS, CARDS_NOT_SET_UP, NOT_ISSUED, EXCESSIVE, PAYMENT_IN_PROGRESS, CARD_REFUSED,
    PROCESSOR_DOWN (ask again: nothing is paid twice), InvalidInput.
    """
    publishable_key = must_be_set_up(context)
    invoice = await must_pay_for(context, wish.invoice_id)
    await _card_must_be_theirs(invoice.patient_id, wish.card_id)
    try:
        await withdraw_others(context, invoice.id, wish.amount)
        payment_id = await _note(context, wish, key)
        news = await _intend(context, payment_id, wish)
    except ProcessorDown:
        message = "The card processor does not answer. Try again: nothing is paid twice."
        raise Rejected(InvalidInput(message=message, code="PROCESSOR_DOWN", path=["invoice"])) from None
    except ProcessorRefused as refusal:
        raise Rejected(InvalidInput(message=str(refusal), code="CARD_REFUSED", path=["invoice"])) from None
    return Begun(payment_id=payment_id, client_secret=news.client_secret, publishable_key=publishable_key)


async def _card_must_be_theirs(patient_id: str, card_id: str | None) -> None:
    within = {"patient_id": patient_id, "cards.id": card_id}
    if card_id is not None and not await BillingAccount.find(within).exists():
        raise Rejected(NotFound(message="No such card.", path=["card"]))


async def withdraw_others(context: RequestContext, invoice_id: str, amount: Money | None) -> None:
    """Earlier tries are withdrawn, so that only one can be paid. One of the same amount is gone on with.

    Raises Rejected with PAYMENT_IN_PROGRESS where one is being paid right now.
    """
    if amount is None:
        booked = (await booked_positions([invoice_id])).get(invoice_id, {})
        wanted = booked.get(LedgerAccount.PATIENT_RECEIVABLE, 0)
    else:
        wanted = amount.minor_units
    for payment in await _unfinished(invoice_id):
        if payment.amount.minor_units == wanted and payment.checkout_id is None:
            continue
        news = await _withdrawn(context, payment)
        await settle_news(context, payment.id, news)
        if news.outcome is Outcome.PENDING:
            message = "Another payment of this invoice is being worked on: wait for it."
            raise Rejected(InvalidInput(message=message, code="PAYMENT_IN_PROGRESS", path=["invoice"]))


async def _withdrawn(context: RequestContext, payment: Payment) -> PaymentNews:
    gateway = context.ports.payments
    if payment.checkout_id is None:
        return await gateway.withdraw(payment.intent_id or "")
    if not is_asked_for(payment.checkout_id):
        return await gateway.withdraw_page(payment.checkout_id)
    # A process died before it knew the page: nobody was ever told its address.
    return PaymentNews(
        intent_id="",
        payment_id=payment.id,
        amount=payment.amount,
        outcome=Outcome.FAILED,
        at=context.ports.clock(),
        reason="The payment page was never sent.",
        over=True,
    )


def asked_for(payment_id: str) -> str:
    """Stands where a page's id will stand: the processor has been asked, or was about to be."""
    return f"asked-{payment_id}"


def is_asked_for(checkout_id: str) -> bool:
    return checkout_id.startswith("asked-")


async def _unfinished(invoice_id: str) -> list[Payment]:
    within = {**_OPEN, "invoice_id": invoice_id, "$or": [{"intent_id": {"$ne": None}}, {"checkout_id": {"$ne": None}}]}
    return await Payment.find(within).sort("_id").to_list()


async def _note(context: RequestContext, wish: CardPayment, key: str | None) -> str:
    """The id of the PENDING payment: the one of an earlier try of the same amount, or a new one."""

    async def work(session: Session) -> Answer:
        book = await open_book(session, wish.invoice_id, ["invoice"])
        amount = amount_asked(wish.amount, book.invoice, owed(book))
        within = {
            **_OPEN,
            "invoice_id": wish.invoice_id,
            "$or": [{"intent_id": {"$ne": None}}, {"status": PaymentStatus.PENDING.value}],
            "amount.minor_units": amount.minor_units,
            "keep_card": wish.keep_card,
            "checkout_id": None,
        }
        earlier = await Payment.find_one(within, session=session)
        if earlier is not None:
            return {"id": earlier.id}
        payment = new_card_payment(context, book.invoice, amount, keep_card=wish.keep_card)
        await payment.insert(session=session)
        # Of two who begin at once, one does: both would write the invoice.
        touch = {"$inc": {"revision": 1}}
        await Invoice.get_pymongo_collection().update_one({"_id": book.invoice.id}, touch, session=session)
        context.trail.changed("Payment", payment.id, payment.patient_id, ["amount", "method", "status"])
        return {"id": payment.id}

    return str((await once(context, "payInvoice", key, wish.noted(), work))["id"])


def amount_asked(amount: Money | None, invoice: Invoice, most: int) -> Money:
    """Raises Rejected: another currency, nothing, or more than is open."""
    wanted = amount or Money(minor_units=most, currency=invoice.total.currency)
    if most == 0:
        raise excessive(wanted, 0, ["amount"])
    complaints = Complaints()
    check_amount(complaints, wanted, ["amount"], invoice.total.currency)
    complaints.check()
    if wanted.minor_units > most:
        raise excessive(wanted, most, ["amount"])
    return wanted


def new_card_payment(context: RequestContext, invoice: Invoice, amount: Money, *, keep_card: bool) -> Payment:
    instant: datetime = context.access.instant
    return Payment(
        created_at=instant,
        updated_at=instant,
        invoice_id=invoice.id,
        patient_id=invoice.patient_id,
        amount=amount,
        method=PaymentMethod.CARD,
        status=PaymentStatus.PENDING,
        recorded_by_id=context.principal.account_id,
        keep_card=keep_card,
        consented_at=instant if keep_card else None,
        confidentiality=invoice.confidentiality,
    )


async def _intend(context: RequestContext, payment_id: str, wish: CardPayment) -> PaymentNews:
    payment = await Payment.get(payment_id)
    if payment is None:
        raise RuntimeError("a payment vanished")
    gateway = context.ports.payments
    if payment.intent_id is not None:
        known = await gateway.intent(payment.intent_id)
        if known is not None:
            await settle_news(context, payment.id, known)
            return known
    customer_id = await customer_of(context, payment.patient_id)
    news = await gateway.intend(
        IntentWish(
            payment_id=payment.id,
            customer_id=customer_id,
            amount=payment.amount,
            description=DESCRIPTION,
            keep_card=payment.keep_card,
            card_id=wish.card_id,
        )
    )
    await settle_news(context, payment.id, news)
    return news


async def customer_of(context: RequestContext, patient_id: str) -> str:
    """The patient at the processor: made when first needed, once."""
    account = await BillingAccount.find_one({"patient_id": patient_id}, sort=[("_id", 1)])
    if account is not None:
        return account.customer_id
    customer_id = await context.ports.payments.customer(patient_id)
    row_id = billing_account_id(patient_id)
    instant = context.ports.clock()
    made = {"patient_id": patient_id, "customer_id": customer_id, "cards": [], "created_at": instant, "updated_at": instant}
    change = {"$setOnInsert": {**made, "revision": 1}}
    rows = BillingAccount.get_pymongo_collection()
    await rows.update_one({"_id": row_id}, change, upsert=True)
    found = await rows.find_one({"_id": row_id}, {"customer_id": 1})
    return customer_id if found is None else str(found["customer_id"])
