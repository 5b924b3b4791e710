"""Bringing into the books what was not made here: invoices that were imported, restored, or older than the ledger."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from models.base import now
from models.invoice import Invoice, Payment
from models.ledger import LedgerCause, LedgerEntry, Posting, entry_id
from resolvers.billing.books import Book, difference, read_books
from resolvers.billing.positions import Positions, positions

BATCH = 500

Told = Callable[[int], None]


async def book_imported(told: Told = lambda _count: None) -> int:
    """Posts what is missing of all invoices; how many entries that were. A second run posts nothing.

    An invoice that the books do not know yet gets its history, entry by entry; another one the difference. Two processes that do
    this at once meet at the entries' ids.
    """
    posted = 0
    last = ""
    while True:
        # Those that were given up count, too: what was booked before is taken back.
        rows = Invoice.get_pymongo_collection().find({"_id": {"$gt": last}}, {"_id": 1}).sort("_id").limit(BATCH)
        ids = [row["_id"] async for row in rows]
        if not ids:
            return posted
        posted += await book_invoices(ids)
        last = ids[-1]
        told(len(ids))


async def book_invoices(ids: Sequence[str]) -> int:
    """As ``book_imported``, of some invoices."""
    books = await read_books(ids)
    entries = [entry for book in books.values() for entry in missing_entries(book)]
    if entries:
        await LedgerEntry.insert_many(entries, ordered=False)
    return len(entries)


def missing_entries(book: Book) -> Iterator[LedgerEntry]:
    """What is to be posted so that the ledger says what the documents say. Pure."""
    found = list(_history(book)) if not book.booked and not book.entries else []
    booked: Positions = dict(book.booked)
    number = book.entries
    for cause, at, payment_id, reached in [*found, (LedgerCause.IMPORTED, now(), None, book.wanted())]:
        step = difference(reached, booked)
        if not step:
            continue
        if sum(step.values()):
            continue  # a credit that another invoice used: its entry is there, made with the other
        number += 1
        booked = {account: booked.get(account, 0) + step.get(account, 0) for account in booked.keys() | step.keys()}
        yield _entry(book.invoice, number, cause, at, payment_id, step)


def _history(book: Book) -> Iterator[tuple[LedgerCause, datetime, str | None, Positions]]:
    """The positions after each thing that happened, oldest first."""
    invoice = book.invoice
    issued = invoice.issued_at or invoice.created_at
    yield LedgerCause.ISSUED, issued, None, positions(invoice, [], [])
    steps: list[tuple[datetime, LedgerCause, Invoice | Payment]] = [
        (note.issued_at or note.created_at, LedgerCause.CREDIT_NOTE, note) for note in book.notes
    ]
    for payment in book.payments:
        steps.append((payment.received_at or payment.created_at, LedgerCause.PAYMENT, payment.model_copy(update={"refunds": []})))
        steps += [(max(refund.at for refund in payment.refunds), LedgerCause.REFUND, payment)] if payment.refunds else []
    notes: list[Invoice] = []
    payments: dict[str, Payment] = {}
    for at, cause, fact in sorted(steps, key=lambda step: (step[0], step[2].id)):
        if isinstance(fact, Invoice):
            notes.append(fact)
        else:
            payments[fact.id] = fact
        payment_id = fact.id if isinstance(fact, Payment) else None
        yield cause, max(at, issued), payment_id, positions(invoice, notes, list(payments.values()))


def _entry(
    invoice: Invoice, number: int, cause: LedgerCause, at: datetime, payment_id: str | None, step: Positions
) -> LedgerEntry:
    return LedgerEntry(
        id=entry_id(invoice.id, number),
        created_at=at,
        updated_at=at,
        cause=cause,
        at=at,
        patient_id=invoice.patient_id,
        invoice_id=invoice.id,
        payment_id=payment_id,
        currency=invoice.total.currency,
        postings=[
            Posting(account=account, invoice_id=invoice.id, minor_units=minor_units) for account, minor_units in step.items()
        ],
        confidentiality=invoice.confidentiality,
    )
