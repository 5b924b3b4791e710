"""Numbers of invoices and credit notes, without gaps."""

import re

from pymongo import ReturnDocument

from models.base import now
from models.invoice import Invoice
from models.number_series import NumberSeries
from resolvers.ports import Session

_OWN = re.compile(r"(\d{4})-(\d{6,})")


async def next_number(session: Session, year: int) -> str:
    """Such as ``2026-000124``. Within the transaction that uses it: one that fails gives the number back.

    Done first in a transaction it is a lock, too: of two that issue at once, one waits and begins anew.
    """
    row = await NumberSeries.get_pymongo_collection().find_one_and_update(
        {"_id": series_of(year)}, {"$inc": {"last": 1}}, upsert=True, return_document=ReturnDocument.AFTER, session=session
    )
    if row is None:  # cannot be: an upsert that returns the new document always has one
        raise RuntimeError("MongoDB upserted no series")
    return number_of(year, row["last"])


def series_of(year: int) -> str:
    return f"invoices-{year}"


def number_of(year: int, place: int) -> str:
    return f"{year}-{place:06d}"


async def number_on() -> None:
    """Raises each series to the highest number that there is: after an import, a restore, or a demo. Reads all numbers."""
    lasts: dict[int, int] = {}
    async for invoice in Invoice.find({"number": {"$ne": None}}):
        found = _OWN.fullmatch(str(invoice.number))
        if found is not None:
            year, place = int(found[1]), int(found[2])
            lasts[year] = max(lasts.get(year, 0), place)
    instant = now()
    for year, last in lasts.items():
        made = {"revision": 1, "created_at": instant, "updated_at": instant}
        change = {"$max": {"last": last}, "$setOnInsert": made}
        await NumberSeries.get_pymongo_collection().update_one({"_id": series_of(year)}, change, upsert=True)
