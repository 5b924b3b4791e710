"""A copy of a database with everything readable: what the ceiling reads, and what shows what encryption costs."""

from typing import Any

from pydantic import BaseModel
from pymongo.asynchronous.database import AsyncDatabase

from models.base import StoredDocument
from models.secret import SecretJson
from models.secret_fields import secret_fields
from models.stored_key_ring import StoredKeyRing
from ohms_graphql.keys.plaintext_guard import roots

Row = dict[str, Any]

_BATCH = 1000


async def copy_in_plain(source: AsyncDatabase[Row], target: AsyncDatabase[Row]) -> None:
    """Every collection of documents but the keys, with its indexes. With the key ring in use: that of ``source``."""
    for document in roots():
        if document is StoredKeyRing:
            continue
        name = document.get_pymongo_collection().name
        await target[name].drop()
        batch: list[Row] = []
        async for row in source[name].find({}):
            batch.append(opened(document, row))
            if len(batch) == _BATCH:
                await target[name].insert_many(batch)
                batch = []
        if batch:
            await target[name].insert_many(batch)
        await _copy_indexes(source, target, name)


async def _copy_indexes(source: AsyncDatabase[Row], target: AsyncDatabase[Row], name: str) -> None:
    """Whoever reads the copy shall find things as fast. Where a secret was, its plain value stands in the index."""
    indexes = await (await source[name].list_indexes()).to_list()
    ours = [dict(index) for index in indexes if index["name"] != "_id_"]
    if ours:
        await target.command("createIndexes", name, indexes=[{**index, "v": 2} for index in ours])


def opened(document: type[StoredDocument], row: Row) -> Row:
    """The row with its secrets as they were before they were encrypted. Raises SecretFault."""
    for field in secret_fields(document):
        _open(row, field.path, field.kind)
    return row


def _open(holder: Any, path: tuple[str, ...], kind: Any) -> None:
    step, rest = path[0], path[1:]
    if step == "[]":
        for place in range(len(holder or [])):
            _replace(holder, place, rest, kind)
    elif isinstance(holder, dict) and holder.get(step) is not None:
        _replace(holder, step, rest, kind)


def _replace(holder: Any, key: Any, rest: tuple[str, ...], kind: Any) -> None:
    if rest:
        _open(holder[key], rest, kind)
    elif holder[key] is not None:
        holder[key] = _plain(kind.opened(holder[key]))


def _plain(value: Any) -> Any:
    match value:
        case SecretJson():
            return value.plain
        case BaseModel():
            return value.model_dump(mode="json")
        case str():
            return str(value)
        case _:
            return value.isoformat()
