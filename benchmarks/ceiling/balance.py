"""What the patient owes, by hand: invoices and payments, read at the same time."""

import asyncio
from collections import defaultdict
from typing import Any

from pymongo.asynchronous.database import AsyncDatabase

from benchmarks.ceiling.shapes import Row, money

_INVOICE = {"patient_responsibility": 1}
_PAYMENT = {"invoice_id": 1, "amount": 1, "refunds": 1}
_RECEIVED = ["SUCCEEDED", "REFUNDED", "PARTIALLY_REFUNDED"]
_ONE_BATCH = 1_000_000


async def balance(database: AsyncDatabase[dict[str, Any]], patient_id: str) -> Row:
    """Over the invoices that were asked; what insurance paid is not the patient's. All are in one currency."""
    asked = {"patient_id": patient_id, "status": {"$in": ["ISSUED", "BALANCED"]}}
    received = {"patient_id": patient_id, "method": {"$ne": "INSURANCE"}, "status": {"$in": _RECEIVED}}
    invoices, payments = await asyncio.gather(
        database.invoices.find(asked, _INVOICE, batch_size=_ONE_BATCH).to_list(),
        database.payments.find(received, _PAYMENT, batch_size=_ONE_BATCH).to_list(),
    )
    paid: dict[str, int] = defaultdict(int)
    for payment in payments:
        returned = sum(each["amount"]["minor_units"] for each in payment["refunds"] if each["status"] == "SUCCEEDED")
        paid[payment["invoice_id"]] += payment["amount"]["minor_units"] - returned
    owed = sum(invoice["patient_responsibility"]["minor_units"] - paid[invoice["_id"]] for invoice in invoices)
    currency = invoices[0]["patient_responsibility"]["currency"] if invoices else "USD"
    return money(owed, currency)
