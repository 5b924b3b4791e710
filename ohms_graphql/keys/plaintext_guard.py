"""The database refuses what is not encrypted in a field that must be: a rule of each collection ($jsonSchema)."""

from typing import Any

from pymongo.asynchronous.database import AsyncDatabase

import models
from models.base import StoredDocument
from models.record import Record
from models.secret_fields import collection_rule


async def refuse_plaintext(database: AsyncDatabase[dict[str, Any]]) -> None:
    """Sets the rules that are not as they should be; one command where all are."""
    collections = {found["name"]: found.get("options", {}) async for found in await database.list_collections()}
    for document in roots():
        rule = collection_rule(document)
        if rule is None:
            continue
        name = document.get_pymongo_collection().name
        validator = {"$jsonSchema": rule}
        if name not in collections:
            await database.create_collection(name, validator=validator)
        elif collections[name].get("validator") != validator:
            await database.command("collMod", name, validator=validator)


def roots() -> list[type[StoredDocument]]:
    """The documents that have a collection each."""
    return [document for document in models.DOCUMENTS if document is Record or not issubclass(document, Record)]
