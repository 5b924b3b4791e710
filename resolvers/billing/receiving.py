"""Money that came in other than by card: cash, checks, transfers, and what insurers remit."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic_core import to_jsonable_python

from models.invoice import Payment, PaymentMethod, PaymentReference, PaymentStatus
from models.ledger import LedgerAccount, LedgerCause
from models.money import Money
from resolvers.billing.books import Book, read_books
from resolvers.billing.drafts import invoice_must_be_visible
from resolvers.billing.lines import check_amount
from resolvers.billing.positions import ASKED
from resolvers.billing.posting import post
from resolvers.complaints import Complaints
from resolvers.context import RequestContext
from resolvers.idempotency import Answer, once
from resolvers.ports import Session
from resolvers.user_errors import InvalidInput, NotFound, Rejected

BY_HAND = frozenset({PaymentMethod.CASH, PaymentMethod.CHECK, PaymentMethod.BANK_TRANSFER, PaymentMethod.INSURANCE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Of an insurer: ``adjustment`` is written off beyond what was agreed, ``transferred`` is the patient's to pay instead.

    ``overpayment_to_credit``: what is beyond the open balance becomes the patient's credit; else it is refused.
    """

    invoice_id: str
    amount: Money
    method: PaymentMethod
    reference: str | None = None
    received_at: datetime | None = None
    adjustment: Money | None = None
    transferred: Money | None = None
    overpayment_to_credit: bool = False

    def noted(self) -> dict[str, Any]:
        found: dict[str, Any] = to_jsonable_python({name: getattr(self, name) for name in self.__slots__})
        return found


async def record_payment(context: RequestContext, receipt: Receipt, key: str | None) -> str:
    """The payment's id. Raises Rejected: NotFound, NOT_ISSUED, USE_PAY_INVOICE, EXCESSIVE, and InvalidInput by path."""
    await invoice_must_be_visible(context, receipt.invoice_id, ["invoice"])

    async def work(session: Session) -> Answer:
        book = await open_book(session, receipt.invoice_id, ["invoice"])
        _check(context, receipt, book)
        payment = _payment(context, receipt, book)
        await payment.insert(session=session)
        cash = receipt.amount.minor_units
        await post(session, book.invoice.id, LedgerCause.PAYMENT, context.access.instant, cash=cash, payment_id=payment.id)
        context.trail.changed("Payment", payment.id, payment.patient_id, ["amount", "method", "status"])
        return {"id": payment.id}

    return str((await once(context, "recordPayment", key, receipt.noted(), work))["id"])


async def open_book(session: Session, invoice_id: str, path: list[str]) -> Book:
    """An invoice that money can come in on. Raises Rejected: NotFound, NOT_ISSUED."""
    book = (await read_books([invoice_id], session)).get(invoice_id)
    if book is None:
        raise Rejected(NotFound(message="No such invoice.", path=path))
    invoice = book.invoice
    if invoice.status not in ASKED or invoice.credits_invoice_id is not None:
        what = "a credit note" if invoice.credits_invoice_id is not None else invoice.status.value
        message = f"It is {what}: only issued invoices are paid."
        raise Rejected(InvalidInput(message=message, code="NOT_ISSUED", path=path))
    return book


def owed(book: Book) -> int:
    """What the patient owes, in minor units; zero where there is a credit."""
    return book.booked.get(LedgerAccount.PATIENT_RECEIVABLE, 0)


def excessive(amount: Money, most: int, path: list[str]) -> Rejected:
    limit = Money(minor_units=max(0, most), currency=amount.currency)
    message = f"Is {amount.formatted}; at most {limit.formatted} is open."
    return Rejected(InvalidInput(message=message, code="EXCESSIVE", path=path))


def _check(context: RequestContext, receipt: Receipt, book: Book) -> None:
    """Raises Rejected."""
    if receipt.method not in BY_HAND:
        message = "Cards are paid with payInvoice, credit is used with applyCredit."
        raise Rejected(InvalidInput(message=message, code="USE_PAY_INVOICE", path=["method"]))
    complaints = Complaints()
    currency = book.invoice.total.currency
    of_insurer = receipt.method is PaymentMethod.INSURANCE
    parts = [("adjustment", receipt.adjustment), ("transferred", receipt.transferred)]
    for name, part in parts:
        if part is not None and not of_insurer:
            complaints.add([name], "Comes with a remittance of an insurer only.")
        elif part is not None:
            check_amount(complaints, part, [name], currency)
    # A remittance of nothing (X12 835) says who pays instead.
    least = 0 if of_insurer and any(part is not None for _, part in parts) else 1
    check_amount(complaints, receipt.amount, ["amount"], currency, least=least)
    complaints.text(["reference"], receipt.reference)
    if receipt.received_at is not None and receipt.received_at > context.access.instant:
        complaints.add(["receivedAt"], f"Is {receipt.received_at.isoformat()}; it cannot be in the future.")
    if of_insurer and receipt.overpayment_to_credit:
        complaints.add(["overpaymentToCredit"], "Is for what patients pay.")
    complaints.check()
    if of_insurer:
        _must_be_expected(receipt, book)
    elif receipt.amount.minor_units > owed(book) and not receipt.overpayment_to_credit:
        raise excessive(receipt.amount, owed(book), ["amount"])


def _must_be_expected(receipt: Receipt, book: Book) -> None:
    together = receipt.amount
    for part in (receipt.adjustment, receipt.transferred):
        together = together + part if part is not None else together
    expected = book.booked.get(LedgerAccount.INSURANCE_RECEIVABLE, 0)
    if together.minor_units > expected:
        raise excessive(together, expected, ["amount"])


def _payment(context: RequestContext, receipt: Receipt, book: Book) -> Payment:
    instant = context.access.instant
    return Payment(
        created_at=instant,
        updated_at=instant,
        invoice_id=book.invoice.id,
        patient_id=book.invoice.patient_id,
        amount=receipt.amount,
        method=receipt.method,
        status=PaymentStatus.SUCCEEDED,
        received_at=receipt.received_at or instant,
        reference=PaymentReference(receipt.reference.strip()) if receipt.reference else None,
        recorded_by_id=context.principal.account_id,
        adjustment=receipt.adjustment,
        transferred=receipt.transferred,
        confidentiality=book.invoice.confidentiality,
    )
