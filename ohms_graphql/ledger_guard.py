"""The books when a database is opened: the rule that holds them, and what is older than they are."""

from typing import Any

from pymongo.asynchronous.database import AsyncDatabase

from models.base import now
from models.ledger import LEDGER_VALIDATOR, LedgerEntry
from resolvers.billing.bookkeeping import book_imported
from resolvers.billing.numbering import number_on

_NOTES = "ledger_notes"
_OPENED = "opened"


async def require_balanced_entries(database: AsyncDatabase[dict[str, Any]]) -> None:
    """From now on MongoDB itself refuses entries that do not sum to zero, whoever writes them."""
    name = LedgerEntry.get_collection_name()
    found = await (await database.list_collections(filter={"name": name})).to_list()
    if not found:
        await database.create_collection(name, validator=LEDGER_VALIDATOR)
    elif found[0].get("options", {}).get("validator") != LEDGER_VALIDATOR:
        await database.command("collMod", name, validator=LEDGER_VALIDATOR)


async def open_ledger(database: AsyncDatabase[dict[str, Any]]) -> None:
    """Once for each database: posts the invoices that were made before there was a ledger."""
    notes = database[_NOTES]
    if await notes.find_one({"_id": _OPENED}) is None:
        await book_imported()
        await number_on()
        await notes.update_one({"_id": _OPENED}, {"$setOnInsert": {"at": now()}}, upsert=True)
