"""What the database knows of some invoices: their facts, and what stands in the ledger for them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from models.invoice import Invoice, Payment
from models.ledger import LedgerAccount, LedgerEntry
from resolvers.billing.positions import Positions, positions
from resolvers.ports import Session
from resolvers.rows import ONE_BATCH


@dataclass
class Book:
    """``entries`` counts the entries that are named after the invoice; ``booked`` are its sums over all entries."""

    invoice: Invoice
    notes: list[Invoice] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    used: list[Payment] = field(default_factory=list)
    booked: Positions = field(default_factory=dict)
    entries: int = 0

    def wanted(self) -> Positions:
        return positions(self.invoice, self.notes, self.payments, self.used)

    def difference(self) -> Positions:
        return difference(self.wanted(), self.booked)


def difference(wanted: Positions, booked: Positions) -> Positions:
    """What is to be posted; accounts in the order of their list."""
    found = {account: wanted.get(account, 0) - booked.get(account, 0) for account in LedgerAccount}
    return {account: minor_units for account, minor_units in found.items() if minor_units}


async def read_books(ids: Sequence[str], session: Session | None = None) -> dict[str, Book]:
    """Six commands, whatever the number of invoices. Ids without an invoice are left out."""
    within = {"$in": list(ids)}
    found = {each.id: Book(each) for each in await Invoice.find({"_id": within}, session=session).to_list()}
    known = {"$in": list(found)}
    for note in await Invoice.find({"credits_invoice_id": known}, session=session).sort("_id").to_list():
        found[note.credits_invoice_id or ""].notes.append(note)
    for payment in await Payment.find({"invoice_id": known}, session=session).sort("_id").to_list():
        found[payment.invoice_id].payments.append(payment)
    for payment in await Payment.find({"from_invoice_id": known}, session=session).sort("_id").to_list():
        found[payment.from_invoice_id or ""].used.append(payment)
    for invoice_id, booked in (await booked_positions(list(found), session)).items():
        found[invoice_id].booked = booked
    for invoice_id, count in (await _entries(list(found), session)).items():
        found[invoice_id].entries = count
    return found


async def _entries(ids: list[str], session: Session | None) -> dict[str, int]:
    stages: list[dict[str, Any]] = [
        {"$match": {"postings.invoice_id": {"$in": ids}, "invoice_id": {"$in": ids}}},
        {"$group": {"_id": "$invoice_id", "count": {"$sum": 1}}},
    ]
    cursor = await LedgerEntry.get_pymongo_collection().aggregate(stages, session=session, batchSize=ONE_BATCH)
    return {row["_id"]: row["count"] async for row in cursor}


async def booked_positions(ids: Sequence[str], session: Session | None = None) -> dict[str, Positions]:
    """The sums of the ledger by invoice; only those that have any."""
    within = {"postings.invoice_id": {"$in": list(ids)}}
    stages: list[dict[str, Any]] = [
        {"$match": within},
        {"$unwind": "$postings"},
        {"$match": within},
        {
            "$group": {
                "_id": {"invoice": "$postings.invoice_id", "account": "$postings.account"},
                "minor_units": {"$sum": "$postings.minor_units"},
            }
        },
    ]
    found: dict[str, Positions] = defaultdict(dict)
    cursor = await LedgerEntry.get_pymongo_collection().aggregate(stages, session=session, batchSize=ONE_BATCH)
    async for row in cursor:
        if row["minor_units"]:
            found[row["_id"]["invoice"]][LedgerAccount(row["_id"]["account"])] = row["minor_units"]
    return dict(found)
