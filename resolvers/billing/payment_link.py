"""Asking a patient by mail to pay: a page of the card processor's, good for one payment."""

from dataclasses import dataclass
from datetime import datetime

from models.account import Account, AccountStatus
from models.invoice import Invoice, Payment
from models.money import Money
from models.patient import Patient
from models.values import ContactSystem
from resolvers.billing.gateway import CheckoutPage, IntentWish, ProcessorDown, ProcessorRefused
from resolvers.billing.paying import (
    DESCRIPTION,
    amount_asked,
    asked_for,
    customer_of,
    must_be_set_up,
    must_pay_for,
    new_card_payment,
    withdraw_others,
)
from resolvers.billing.receiving import open_book, owed
from resolvers.context import RequestContext
from resolvers.idempotency import Answer, answered_before, once
from resolvers.ports import Mail, Session
from resolvers.user_errors import InvalidInput, Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class SentLink:
    payment_id: str
    expires_at: datetime


async def send_payment_link(context: RequestContext, invoice_id: str, amount: Money | None, key: str | None) -> SentLink:
    """Raises Rejected: NotFound, CARDS_NOT_SET_UP, NOT_ISSUED, EXCESSIVE, NO_EMAIL, PAYMENT_IN_PROGRESS, PROCESSOR_DOWN."""
    must_be_set_up(context)
    invoice = await must_pay_for(context, invoice_id)
    to = await _address(invoice.patient_id)
    context.ports.mailer.check_ready()

    async def work(session: Session) -> Answer:
        book = await open_book(session, invoice_id, ["invoice"])
        payment = new_card_payment(context, book.invoice, amount_asked(amount, book.invoice, owed(book)), keep_card=False)
        # Told apart from payments in a browser before the processor has given the page a name.
        payment.checkout_id = asked_for(payment.id)
        await payment.insert(session=session)
        touch = {"$inc": {"revision": 1}}
        await Invoice.get_pymongo_collection().update_one({"_id": invoice_id}, touch, session=session)
        context.trail.changed("Payment", payment.id, payment.patient_id, ["amount", "method", "status"])
        return {"id": payment.id}

    try:
        noted = {"invoice": invoice_id, "amount": amount.model_dump() if amount else None}
        if await answered_before(context, "sendPaymentLink", key, noted) is None:
            # An amount that no payment has: all earlier ones are withdrawn.
            await withdraw_others(context, invoice_id, Money(minor_units=0, currency=invoice.total.currency))
        payment_id = str((await once(context, "sendPaymentLink", key, noted, work))["id"])
        page = await _page(context, payment_id)
    except ProcessorDown:
        message = "The card processor does not answer. Try again."
        raise Rejected(InvalidInput(message=message, code="PROCESSOR_DOWN", path=["invoice"])) from None
    except ProcessorRefused as refusal:
        raise Rejected(InvalidInput(message=str(refusal), code="CARD_REFUSED", path=["invoice"])) from None
    await context.ports.mailer.send(_mail(to, page, payment_id))
    return SentLink(payment_id=payment_id, expires_at=page.expires_at)


async def _page(context: RequestContext, payment_id: str) -> CheckoutPage:
    payment = await Payment.get(payment_id)
    if payment is None:
        raise RuntimeError("a payment vanished")
    customer_id = await customer_of(context, payment.patient_id)
    wish = IntentWish(payment_id=payment.id, customer_id=customer_id, amount=payment.amount, description=DESCRIPTION)
    page = await context.ports.payments.checkout(wish, context.ports.links.portal())
    named = {"$set": {"checkout_id": page.id}, "$inc": {"revision": 1}}
    await Payment.get_pymongo_collection().update_one({"_id": payment.id}, named)
    return page


async def _address(patient_id: str) -> str:
    """The patient's own account, else the patient's own address; never a proxy's. Raises Rejected with NO_EMAIL."""
    account = await Account.find_one({"patient_id": patient_id, "status": AccountStatus.ACTIVE.value})
    if account is not None:
        return str(account.email)
    patient = await Patient.get(patient_id)
    contacts = patient.contacts if patient else []
    found = next((str(contact.value) for contact in contacts if contact.system is ContactSystem.EMAIL), None)
    if found is None:
        message = "The patient has no e-mail address: add one, or print the invoice."
        raise Rejected(InvalidInput(message=message, code="NO_EMAIL", path=["invoice"]))
    return found


def _mail(to: str, page: CheckoutPage, payment_id: str) -> Mail:
    """It says neither how much nor for what: mail is read by others."""
    until = page.expires_at.strftime("%Y-%m-%d %H:%M UTC")
    text = f"An invoice of your clinic can be paid here until {until}:\n\n{page.url}\n\nQuestions? Call the clinic."
    return Mail(to=to, subject="An invoice of your clinic", text=text, key=f"payment-link-{payment_id}")
