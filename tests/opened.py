"""Rows of a database with their secrets opened, for tests that compare what is stored."""

from typing import Any

from pymongo.asynchronous.database import AsyncDatabase

from benchmarks.plain_copy import opened as in_plain
from models.base import StoredDocument
from models.secret import key_ring, use_key_ring
from models.stored_key_ring import RING_ID, StoredKeyRing
from ohms_graphql.keys.keysets import unwrapped
from ohms_graphql.keys.master_key import derived_master_key
from ohms_graphql.keys.plaintext_guard import roots
from ohms_graphql.keys.ring import TinkKeyRing

Row = dict[str, Any]


async def opened_rows(database: AsyncDatabase[Row], document: type[StoredDocument], within: Row | None = None) -> list[Row]:
    """By id, each with its secrets as they were given and without tokens. The database's own keys are used."""
    stored = await database[StoredKeyRing.Settings.name].find_one({"_id": RING_ID})
    assert stored is not None
    before = key_ring()
    master = derived_master_key().open()
    use_key_ring(TinkKeyRing({name: unwrapped(sealed, master) for name, sealed in stored["keysets"].items()}))
    try:
        rows = await database[document.get_pymongo_collection().name].find(within or {}).sort("_id").to_list()
        return [opened(document, row) for row in rows]
    finally:
        use_key_ring(before)


def opened(document: type[StoredDocument], row: Row) -> Row:
    """With the key ring in use."""
    plain = in_plain(document, row)
    return {name: value for name, value in plain.items() if not name.endswith("_tokens")}


def root_named(name: str) -> type[StoredDocument] | None:
    return next((document for document in roots() if document.get_pymongo_collection().name == name), None)
