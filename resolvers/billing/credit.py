"""Paying an invoice with what the patient paid too much on others."""

from dataclasses import dataclass
from typing import Any

from models.invoice import Invoice, Payment, PaymentMethod, PaymentStatus
from models.ledger import LedgerAccount, LedgerCause, LedgerEntry
from models.money import Money
from resolvers.billing.lines import check_amount
from resolvers.billing.paying import must_pay_for
from resolvers.billing.posting import post
from resolvers.billing.receiving import excessive, open_book, owed
from resolvers.complaints import Complaints
from resolvers.context import RequestContext
from resolvers.idempotency import Answer, once
from resolvers.ports import Session
from resolvers.user_errors import InvalidInput, Rejected


@dataclass(frozen=True, slots=True)
class Surplus:
    invoice_id: str
    minor_units: int


async def apply_credit(context: RequestContext, invoice_id: str, amount: Money | None, key: str | None) -> list[str]:
    """The ids of the payments, one for each invoice whose surplus was used, oldest first. ``amount`` None: as much as there is.

    Credit of a confidential invoice pays confidential ones only: those who do not see it would wonder where it comes from.
    Raises Rejected: NotFound, NOT_YOURS, NOT_ISSUED, NO_CREDIT, EXCESSIVE, InvalidInput.
    """
    await must_pay_for(context, invoice_id)

    async def work(session: Session) -> Answer:
        book = await open_book(session, invoice_id, ["invoice"])
        invoice, open_ = book.invoice, owed(book)
        found = await _surplus(session, invoice)
        there = sum(each.minor_units for each in found)
        if there == 0:
            raise Rejected(InvalidInput(message="There is no credit to use.", code="NO_CREDIT", path=["invoice"]))
        wanted = _wanted(amount, invoice, min(open_, there))
        made = []
        for surplus in found:
            part = min(wanted, surplus.minor_units)
            if part > 0:
                made.append(await _use(context, session, invoice, Surplus(surplus.invoice_id, part)))
                wanted -= part
        return {"ids": made}

    noted: dict[str, Any] = {"invoice": invoice_id, "amount": amount.model_dump() if amount else None}
    return list((await once(context, "applyCredit", key, noted, work))["ids"])


def _wanted(amount: Money | None, invoice: Invoice, most: int) -> int:
    currency = invoice.total.currency
    if most == 0:
        raise excessive(amount or Money(minor_units=0, currency=currency), 0, ["amount"])
    if amount is None:
        return most
    complaints = Complaints()
    check_amount(complaints, amount, ["amount"], currency)
    complaints.check()
    if amount.minor_units > most:
        raise excessive(amount, most, ["amount"])
    return amount.minor_units


async def _surplus(session: Session, invoice: Invoice) -> list[Surplus]:
    """Other invoices of the patient with a credit in the same currency, as closely kept as this one; the oldest first."""
    within = {
        "patient_id": invoice.patient_id,
        "currency": invoice.total.currency,
        "confidentiality": invoice.confidentiality.value,
    }
    stages: list[dict[str, Any]] = [
        {"$match": within},
        {"$unwind": "$postings"},
        {"$match": {"postings.account": LedgerAccount.CREDITS.value, "postings.invoice_id": {"$ne": invoice.id}}},
        {"$group": {"_id": "$postings.invoice_id", "minor_units": {"$sum": "$postings.minor_units"}}},
        {"$match": {"minor_units": {"$lt": 0}}},
        {"$sort": {"_id": 1}},
    ]
    rows = await LedgerEntry.get_pymongo_collection().aggregate(stages, session=session)
    return [Surplus(row["_id"], -row["minor_units"]) async for row in rows]


async def _use(context: RequestContext, session: Session, invoice: Invoice, surplus: Surplus) -> str:
    instant = context.access.instant
    payment = Payment(
        created_at=instant,
        updated_at=instant,
        invoice_id=invoice.id,
        patient_id=invoice.patient_id,
        amount=Money(minor_units=surplus.minor_units, currency=invoice.total.currency),
        method=PaymentMethod.CREDIT,
        status=PaymentStatus.SUCCEEDED,
        received_at=instant,
        recorded_by_id=context.principal.account_id,
        from_invoice_id=surplus.invoice_id,
        confidentiality=invoice.confidentiality,
    )
    await payment.insert(session=session)
    cause, source = LedgerCause.CREDIT_USED, surplus.invoice_id
    await post(session, invoice.id, cause, instant, cash=0, payment_id=payment.id, credited_from=source)
    context.trail.changed("Payment", payment.id, payment.patient_id, ["amount", "method", "status"])
    return payment.id
