"""Encrypting again, with the primary keys, what was encrypted with older ones: beside the running servers, and resumable.

Each document is replaced field by field under the condition that the field still holds what was read, so that a write of somebody
else in between is not lost: its value is new anyway. What an earlier version of OHMS stored as plain text is encrypted, too.
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from pymongo import UpdateOne
from pymongo.asynchronous.collection import AsyncCollection

from models.base import StoredDocument
from models.secret_fields import SecretField, secret_fields
from ohms_graphql.keys.plaintext_guard import roots
from ohms_graphql.keys.ring import TinkKeyRing, key_id_of

Row = dict[str, Any]
Progress = Callable[[str, int, int], object]
"""Collection, documents done, documents in all."""

BATCH = 500


@dataclass(slots=True)
class KeyUse:
    """How many values each key has encrypted, by key id; ``plain`` are those that no key has."""

    values: Counter[int] = field(default_factory=Counter)
    plain: int = 0

    @property
    def total(self) -> int:
        return self.values.total() + self.plain


async def key_use(progress: Progress = lambda *_: None) -> KeyUse:
    """Looks at every secret value of the database, without decrypting one."""
    use = KeyUse()
    for document, fields in _secret_collections():
        async for row in _walk(document, progress):
            for secret in fields:
                for value in _values(row, secret.path):
                    key_id = key_id_of(value) if isinstance(value, bytes) else None
                    if key_id is None:
                        use.plain += 1
                    else:
                        use.values[key_id] += 1
    return use


async def reseal(ring: TinkKeyRing, progress: Progress = lambda *_: None) -> int:
    """The number of documents that were encrypted again. Run again after an interruption: what is done is passed over quickly.

    Raises SecretFault for a value that was changed or moved; everything before it is done.
    """
    current = frozenset(ring.primary_ids.values())
    done = 0
    for document, fields in _secret_collections():
        collection = document.get_pymongo_collection()
        batch: list[UpdateOne] = []
        async for row in _walk(document, progress):
            update = _update(row, fields, current)
            if update is not None:
                batch.append(update)
            if len(batch) >= BATCH:
                done += await _write(collection, batch)
                batch = []
        done += await _write(collection, batch)
    return done


async def _write(collection: AsyncCollection[Row], batch: list[UpdateOne]) -> int:
    if not batch:
        return 0
    # Rows that were plain before break the collection's rule until they are whole; each becomes so in one update.
    result = await collection.bulk_write(batch, ordered=False)
    return result.modified_count


def _update(row: Row, fields: list[SecretField], current: frozenset[int]) -> UpdateOne | None:
    condition: Row = {"_id": row["_id"]}
    changes: Row = {}
    for secret in fields:
        top = secret.path[0]
        if not any(_is_old(value, current) for value in _values(row, secret.path)):
            continue
        condition.setdefault(top, row[top])
        changes[top] = _replaced(changes.get(top, row[top]), secret.path[1:], secret.kind, current)
    return UpdateOne(condition, {"$set": changes}) if changes else None


def _is_old(value: Any, current: frozenset[int]) -> bool:
    return not isinstance(value, bytes) or key_id_of(value) not in current


def _replaced(value: Any, path: tuple[str, ...], kind: Any, current: frozenset[int]) -> Any:
    if value is None:
        return None
    if not path:
        return _resealed(value, kind) if _is_old(value, current) else value
    step, rest = path[0], path[1:]
    if step == "[]":
        return [_replaced(item, rest, kind, current) for item in value]
    if step not in value:
        return value
    return {**value, step: _replaced(value[step], rest, kind, current)}


def _resealed(value: Any, kind: Any) -> bytes:
    made = kind.opened(value) if isinstance(value, bytes) else _from_plain(value, kind)
    sealed: bytes = made.sealed
    return sealed


def _from_plain(value: Any, kind: Any) -> Any:
    return kind.model_validate(value) if hasattr(kind, "model_validate") else kind._read(value)  # noqa: SLF001 -- as pydantic does


def _values(holder: Any, path: tuple[str, ...]) -> Iterator[Any]:
    if holder is None:
        return
    if not path:
        yield holder
        return
    step, rest = path[0], path[1:]
    if step == "[]":
        for item in holder:
            yield from _values(item, rest)
    elif isinstance(holder, dict):
        yield from _values(holder.get(step), rest)


def _secret_collections() -> Iterator[tuple[type[StoredDocument], list[SecretField]]]:
    for document in roots():
        fields = secret_fields(document)
        if fields:
            yield document, fields


async def _walk(document: type[StoredDocument], progress: Progress) -> AsyncIterator[Row]:
    """Every row, by id, so that those that come in between are not missed and none is seen twice."""
    collection = document.get_pymongo_collection()
    total = await collection.estimated_document_count()
    seen = 0
    async for row in collection.find({}, batch_size=BATCH).sort("_id"):
        yield row
        seen += 1
        if seen % BATCH == 0:
            progress(collection.name, seen, max(total, seen))
    progress(collection.name, seen, max(total, seen))
