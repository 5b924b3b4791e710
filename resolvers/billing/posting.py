"""Writing the books: in the transaction that changes the facts."""

from datetime import datetime

from models.invoice import Invoice
from models.ledger import LedgerAccount, LedgerCause, LedgerEntry, Posting, entry_id
from resolvers.billing.books import Book, read_books
from resolvers.billing.positions import settled_status
from resolvers.ports import Session


class LedgerFault(RuntimeError):
    """The facts and the cause that was given do not fit together: nothing is written."""


async def post(
    session: Session,
    invoice_id: str,
    cause: LedgerCause,
    at: datetime,
    *,
    cash: int | None = None,
    payment_id: str | None = None,
    credited_from: str | None = None,
) -> Invoice:
    """Books what has changed on an invoice, and on ``credited_from``, whose surplus pays it. The invoice with its status.

    ``cash`` is what the caller believes to have moved, in minor units: another sum is a LedgerFault. Every posting writes the
    invoice itself, so that of two transactions that change one invoice the second sees what the first has done.
    """
    ids = [invoice_id, *([credited_from] if credited_from else [])]
    books = await read_books(ids, session)
    main = books[invoice_id]
    found = {each: books[each].difference() for each in ids}
    moved = sum(postings.get(LedgerAccount.CASH, 0) for postings in found.values())
    if cash is not None and moved != cash:
        raise LedgerFault(f"{cause} moves {moved} minor units of cash, not {cash}")
    entry = _entry(main, cause, at, found, payment_id)
    if entry.postings:
        await entry.insert(session=session)
    for each in ids:
        await _settle(session, books[each], at)
    return main.invoice


async def _settle(session: Session, book: Book, at: datetime) -> None:
    invoice = book.invoice
    invoice.status = settled_status(invoice, book.wanted())
    invoice.revision += 1
    invoice.updated_at = at
    change = {"$set": {"status": invoice.status.value, "updated_at": at}, "$inc": {"revision": 1}}
    await Invoice.get_pymongo_collection().update_one({"_id": invoice.id}, change, session=session)


def _entry(
    book: Book, cause: LedgerCause, at: datetime, found: dict[str, dict[LedgerAccount, int]], payment_id: str | None
) -> LedgerEntry:
    invoice = book.invoice
    return LedgerEntry(
        id=entry_id(invoice.id, book.entries + 1),
        created_at=at,
        updated_at=at,
        cause=cause,
        at=at,
        patient_id=invoice.patient_id,
        invoice_id=invoice.id,
        payment_id=payment_id,
        currency=invoice.total.currency,
        postings=[
            Posting(account=account, invoice_id=invoice_id, minor_units=minor_units)
            for invoice_id, postings in found.items()
            for account, minor_units in postings.items()
        ],
        confidentiality=invoice.confidentiality,
    )
