"""Is the ledger right? Everything that can be said of it, tried."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from models.invoice import Invoice
from models.ledger import LedgerEntry
from resolvers.billing.bookkeeping import BATCH
from resolvers.billing.books import read_books
from resolvers.billing.positions import settled_status


@dataclass(frozen=True, slots=True)
class Finding:
    """``what`` went wrong ``where``: ids and amounts, no names."""

    where: str
    what: str


async def verify_ledger() -> AsyncIterator[Finding]:
    """Nothing, when all is well. Reads all entries and invoices, in batches."""
    async for finding in _entries():
        yield finding
    async for finding in _invoices():
        yield finding
    async for finding in _numbers():
        yield finding


async def _entries() -> AsyncIterator[Finding]:
    """Each entry sums to zero, and so do all of a currency."""
    rows = LedgerEntry.get_pymongo_collection()
    sums: dict[str, Any] = {"$sum": "$postings.minor_units"}
    uneven: list[dict[str, Any]] = [{"$project": {"sum": sums}}, {"$match": {"sum": {"$ne": 0}}}]
    async for row in await rows.aggregate(uneven):
        yield Finding(f"entry {row['_id']}", f"its postings sum to {row['sum']}, not to zero")
    by_currency: list[dict[str, Any]] = [
        {"$group": {"_id": "$currency", "sum": {"$sum": sums}}},
        {"$match": {"sum": {"$ne": 0}}},
    ]
    async for row in await rows.aggregate(by_currency):
        yield Finding(f"currency {row['_id']}", f"all postings sum to {row['sum']}, not to zero")


async def _invoices() -> AsyncIterator[Finding]:
    """The ledger says of each invoice what the invoice, its notes and its payments say, and so does its status."""
    last = ""
    while True:
        rows = Invoice.get_pymongo_collection().find({"_id": {"$gt": last}}, {"_id": 1}).sort("_id").limit(BATCH)
        ids = [row["_id"] async for row in rows]
        if not ids:
            return
        for book in (await read_books(ids)).values():
            where = f"invoice {book.invoice.id}"
            for account, minor_units in book.difference().items():
                yield Finding(where, f"{account} lacks {minor_units} minor units in the ledger")
            parts = book.invoice.insurance + book.invoice.patient_responsibility + book.invoice.adjustment
            lines = sum(line.amount.minor_units for line in book.invoice.lines)
            if parts != book.invoice.total or lines != book.invoice.total.minor_units:
                yield Finding(where, f"its lines come to {lines}, its total is {book.invoice.total.minor_units}")
            status = settled_status(book.invoice, book.wanted())
            if book.invoice.credits_invoice_id is None and book.invoice.status is not status:
                yield Finding(where, f"it is {book.invoice.status}, and should be {status}")
        last = ids[-1]


async def _numbers() -> AsyncIterator[Finding]:
    """No gaps within a year. Numbers are encrypted: they are compared here, not by the database."""
    found: dict[str, set[int]] = {}
    # A projection would not be opened: the documents are read whole, in batches of the driver's.
    async for invoice in Invoice.find({"number": {"$ne": None}}):
        year, _, place = str(invoice.number).partition("-")
        if year.isdigit() and place.isdigit():
            found.setdefault(year, set()).add(int(place))
    for in_year, places in sorted(found.items()):
        missing = sorted(set(range(min(places), max(places) + 1)) - places)
        for gap in missing[:20]:
            yield Finding(f"number {in_year}-{gap:06d}", "is missing")
