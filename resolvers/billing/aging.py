"""How long patients' balances have been open: for the desk that reminds them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from models.invoice import Invoice, InvoiceStatus
from models.ledger import LedgerAccount, LedgerEntry
from models.money import Money
from resolvers.context import RequestContext
from resolvers.policy import restrict

BUCKETS: tuple[tuple[str, int, int | None], ...] = (
    ("CURRENT", -100_000, 0),
    ("DAYS_1_TO_30", 1, 30),
    ("DAYS_31_TO_60", 31, 60),
    ("DAYS_61_TO_90", 61, 90),
    ("OVER_90_DAYS", 91, None),
)
"""Days past the due date, both included."""


@dataclass(frozen=True, slots=True)
class AgeGroup:
    """What patients owe on ``invoices`` invoices that are so late."""

    age: str
    currency: str
    invoices: int
    open: Money


def age_stage(due_on: Any, today: date) -> dict[str, Any]:
    """The age of what was due on a day (ISO 8601 text, or an expression of it); without a day it is CURRENT."""
    end = {"$dateFromString": {"dateString": today.isoformat()}}
    due = {"$dateFromString": {"dateString": {"$ifNull": [due_on, today.isoformat()]}}}
    late = {"$dateDiff": {"startDate": due, "endDate": end, "unit": "day"}}
    branches = [{"case": {"$lte": [late, most]}, "then": name} for name, _, most in BUCKETS if most is not None]
    return {"$switch": {"branches": branches, "default": BUCKETS[-1][0]}}


async def aging(context: RequestContext, today: date) -> list[AgeGroup]:
    """By currency and age, the youngest first; ages without an invoice are left out. One command."""
    visible = await restrict(Invoice, context.access, {"status": InvoiceStatus.ISSUED.value, "credits_invoice_id": None})
    stages: list[dict[str, Any]] = [
        {"$match": visible},
        {"$set": {"age": age_stage("$due_on", today), "currency": "$total.currency"}},
        {
            "$lookup": {
                "from": LedgerEntry.get_collection_name(),
                "localField": "_id",
                "foreignField": "postings.invoice_id",
                "as": "entry",
            }
        },
        {"$unwind": "$entry"},
        {"$unwind": "$entry.postings"},
        {
            "$match": {
                "$expr": {"$eq": ["$entry.postings.invoice_id", "$_id"]},
                "entry.postings.account": LedgerAccount.PATIENT_RECEIVABLE.value,
            }
        },
        {
            "$group": {
                "_id": "$_id",
                "currency": {"$first": "$currency"},
                "age": {"$first": "$age"},
                "open": {"$sum": "$entry.postings.minor_units"},
            }
        },
        {"$match": {"open": {"$ne": 0}}},
        {
            "$group": {
                "_id": {"currency": "$currency", "age": "$age"},
                "invoices": {"$sum": 1},
                "open": {"$sum": "$open"},
            }
        },
    ]
    rows = await (await Invoice.get_pymongo_collection().aggregate(stages, allowDiskUse=True)).to_list()
    context.access.trail.counted(Invoice)
    order = [name for name, _, _ in BUCKETS]
    groups = [
        AgeGroup(
            age=row["_id"]["age"],
            currency=row["_id"]["currency"],
            invoices=row["invoices"],
            open=Money(minor_units=row["open"], currency=row["_id"]["currency"]),
        )
        for row in rows
    ]
    return sorted(groups, key=lambda group: (group.currency, order.index(group.age)))
