"""What is billed for a confidential visit is as confidential as the visit, whichever of them an import brought first."""

from typing import Any

from models.appointment import Appointment
from models.base import StoredDocument
from models.confidentiality import Confidentiality
from models.invoice import Invoice, Payment
from models.ledger import LedgerEntry
from ohms_graphql.fhir.storage import exact

_BATCH = 1000


async def keep_billing_as_close() -> None:
    """Raises the level of invoices and payments to that of their visit, where it is lower. Never lowers one."""
    levels = list(Confidentiality)
    for rank, level in enumerate(levels):
        lower = [None, *(one.value for one in levels[:rank])]
        if rank == 0:
            continue
        visits: list[str] = []
        async for visit in exact(Appointment).find({"confidentiality": level.value, "source": {"$ne": None}}, {"_id": 1}):
            visits.append(visit["_id"])
            if len(visits) == _BATCH:
                await _raise_to(level, lower, visits)
                visits = []
        await _raise_to(level, lower, visits)


async def _raise_to(level: Confidentiality, lower: list[str | None], visits: list[str]) -> None:
    if not visits:
        return
    invoices = [invoice["_id"] async for invoice in exact(Invoice).find({"appointment_id": {"$in": visits}}, {"_id": 1})]
    await _raise_rows(Invoice, invoices, "_id", level, lower)
    await _raise_rows(Payment, invoices, "invoice_id", level, lower)
    await _raise_rows(LedgerEntry, invoices, "invoice_id", level, lower)


async def _raise_rows(
    document: type[StoredDocument], invoices: list[str], field: str, level: Confidentiality, lower: list[str | None]
) -> None:
    """Looks before it writes, so that an import of what is there already writes nothing."""
    below = {field: {"$in": invoices}, "confidentiality": {"$in": lower}}
    if await exact(document).find_one(below, {"_id": 1}):
        raised: dict[str, Any] = {"$set": {"confidentiality": level.value}, "$inc": {"revision": 1}}
        await exact(document).update_many(below, raised)
