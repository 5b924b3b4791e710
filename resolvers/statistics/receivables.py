"""What patients owed at the end of the last month, by how late it was. As the ledger stood then: it never changes afterwards."""

from typing import Any

from models.invoice import Invoice
from models.ledger import LedgerAccount, LedgerEntry
from resolvers.billing.aging import age_stage
from resolvers.policy.rule import ORDINARY
from resolvers.rows import ONE_BATCH
from resolvers.statistics.months import Months

Stage = dict[str, Any]


async def count_receivables(months: Months) -> list[dict[str, Any]]:
    """Rows {age, currency, amount, patients, largest}: each patient counts once for an age. One command."""
    within = {**ORDINARY, "at": {"$lt": months.end}, "postings.account": LedgerAccount.PATIENT_RECEIVABLE.value}
    stages: list[Stage] = [
        {"$match": within},
        {"$unwind": "$postings"},
        {"$match": {"postings.account": LedgerAccount.PATIENT_RECEIVABLE.value}},
        {
            "$group": {
                "_id": "$postings.invoice_id",
                "patient": {"$first": "$patient_id"},
                "currency": {"$first": "$currency"},
                "open": {"$sum": "$postings.minor_units"},
            }
        },
        {"$match": {"open": {"$gt": 0}}},
        {"$lookup": {"from": Invoice.get_collection_name(), "localField": "_id", "foreignField": "_id", "as": "invoice"}},
        {"$set": {"age": age_stage({"$first": "$invoice.due_on"}, months.to)}},
        {
            "$group": {
                "_id": {"age": "$age", "currency": "$currency", "patient": "$patient"},
                "open": {"$sum": "$open"},
            }
        },
        {
            "$group": {
                "_id": {"age": "$_id.age", "currency": "$_id.currency"},
                "amount": {"$sum": "$open"},
                "patients": {"$sum": 1},
                "largest": {"$max": "$open"},
            }
        },
        {
            "$project": {
                "_id": 0,
                "age": "$_id.age",
                "currency": "$_id.currency",
                "amount": 1,
                "patients": 1,
                "largest": 1,
            }
        },
    ]
    cursor = await LedgerEntry.get_pymongo_collection().aggregate(stages, allowDiskUse=True, batchSize=ONE_BATCH)
    return await cursor.to_list()
