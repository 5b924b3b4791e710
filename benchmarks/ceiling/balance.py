"""What the patient owes, by hand: one sum over the ledger."""

from typing import Any

from pymongo.asynchronous.database import AsyncDatabase

from benchmarks.ceiling.shapes import Row, money

_OWED = ["PATIENT_RECEIVABLE", "CREDITS"]


async def balance(database: AsyncDatabase[dict[str, Any]], patient_id: str) -> Row:
    """All is in one currency."""
    stages: list[dict[str, Any]] = [
        {"$match": {"patient_id": patient_id}},
        {"$unwind": "$postings"},
        {"$match": {"postings.account": {"$in": _OWED}}},
        {"$group": {"_id": "$currency", "minor_units": {"$sum": "$postings.minor_units"}}},
    ]
    rows = await (await database.ledger_entries.aggregate(stages)).to_list()
    return money(rows[0]["minor_units"], rows[0]["_id"]) if rows else money(0, "USD")
