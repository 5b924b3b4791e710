"""Giving all rows of one patient to another, with a note of each, and giving them back."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo.asynchronous.collection import AsyncCollection

from models.base import StoredDocument, now
from models.identity import new_id
from models.patient_merge import MergeMoves
from resolvers.patient_merge.places import ALSO_THERE, SET_ASIDE, Kind, moved_documents, parents_of
from resolvers.ports import Session
from resolvers.rows import ONE_BATCH
from resolvers.user_errors import InvalidInput, Rejected

CHUNK = 2000
"""Ids, or rows of a few hundred bytes, in one note of a merge: far below the 16 MB of a document."""

MOST = 50_000
"""Rows that one merge moves: some 20 seconds of the minute that a transaction may take."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Move:
    """From whom to whom, for which merge, when, in which transaction."""

    session: Session
    merge_id: str
    source: str
    target: str
    instant: datetime

    def change(self, document: Kind) -> Row:
        fields = dict.fromkeys(("patient_id", *ALSO_THERE.get(document, ())), self.target)
        return {"$set": {**fields, "updated_at": self.instant}, "$inc": {"revision": 1}}


async def move_all(move: Move) -> None:
    """Whatever names the source in ``patient_id`` names the target, and is noted. Raises Rejected for more than MOST rows."""
    count = 0
    for document in moved_documents():
        rows = _rows(document)
        await _set_aside_doubles(move, document)
        ids = await _ids(move, rows, named(move.source))
        count += len(ids)
        if count > MOST:
            message = f"The patient to merge has more than {MOST:,} entries, too many for one step: keep that one instead."
            raise Rejected(InvalidInput(message=message, code="TOO_LARGE", path=["merge"]))
        if ids:
            await note(move, document, ids=ids)
            await rows.update_many(named(move.source), move.change(document), session=move.session)
    for document, field in SET_ASIDE.items():
        await _set_aside(move, document, {field: move.source})


async def move_back(move: Move) -> dict[str, set[str]]:
    """What was noted, from the source to the target again, and what was written about it since. Its ids, by collection."""
    moved: dict[str, set[str]] = {}
    aside: dict[str, list[Row]] = {}
    for chunk in await notes(move.session, move.merge_id):
        moved.setdefault(chunk["collection"], set()).update(chunk["ids"])
        aside.setdefault(chunk["collection"], []).extend(chunk["rows"])
    for document in moved_documents():
        rows, name = _rows(document), document.get_collection_name()
        ids = moved.setdefault(name, set())
        for field, parent in parents_of(document).items():
            for of_parent in chunks(sorted(moved.get(parent.get_collection_name(), ()))):
                ids.update(await _ids(move, rows, {**named(move.source), field: {"$in": of_parent}}))
        for some in chunks(sorted(ids)):
            within = {"_id": {"$in": some}, "patient_id": move.source}
            await rows.update_many(within, move.change(document), session=move.session)
    for document in (*moved_documents(), *SET_ASIDE):
        if put_back := aside.get(document.get_collection_name()):
            await _rows(document).insert_many(put_back, session=move.session)
    return moved


def named(*patient_ids: str) -> Row:
    """Rows that name one of them. The type is for the planner: an index of accounts is for those only that have a patient."""
    return {"patient_id": {"$in": list(patient_ids), "$type": "string"}}


async def note(
    move: Move, document: Kind, *, ids: Sequence[str] = (), rows: Sequence[Row] = (), made: Sequence[str] = ()
) -> None:
    """Written raw: what is taken out whole must come back as it was."""
    parts: list[Row] = [{"ids": part} for part in chunks(ids)]
    parts += [{"rows": part} for part in chunks(rows, CHUNK // 10)]
    parts += [{"made": part} for part in chunks(made)]
    written = now()
    stamps = {"revision": 1, "created_at": written, "updated_at": written}
    documents = [
        {
            "_id": new_id(),
            **stamps,
            "merge_id": move.merge_id,
            "collection": document.get_collection_name(),
            "ids": [],
            "rows": [],
            "made": [],
            **part,
        }
        for part in parts
    ]
    if documents:
        await MergeMoves.get_pymongo_collection().insert_many(documents, session=move.session)


async def notes(session: Session | None, merge_id: str) -> list[Row]:
    """The chunks of a merge, raw."""
    found = MergeMoves.get_pymongo_collection().find({"merge_id": merge_id}, session=session, batch_size=ONE_BATCH)
    return await found.sort("_id").to_list()


def chunks(values: Sequence[Any], size: int = CHUNK) -> Iterator[list[Any]]:
    for start in range(0, len(values), size):
        yield list(values[start : start + size])


async def _set_aside(move: Move, document: Kind, within: Row) -> None:
    rows = _rows(document)
    found = await rows.find(within, session=move.session, batch_size=ONE_BATCH).to_list()
    if found:
        await note(move, document, rows=found)
        await rows.delete_many({"_id": {"$in": [row["_id"] for row in found]}}, session=move.session)


async def _set_aside_doubles(move: Move, document: Kind) -> None:
    """Rows that the target has already and can have but once (a unique index with the patient in it) are kept with the merge."""
    for others in _unique_with_patient(document):
        theirs = await _keys(move, document, move.source, others)
        ours = set((await _keys(move, document, move.target, others)).values()) if theirs else set()
        doubles = [document_id for document_id, key in theirs.items() if key in ours]
        if doubles:
            await _set_aside(move, document, {"_id": {"$in": doubles}})


async def _keys(move: Move, document: Kind, patient_id: str, fields: Sequence[str]) -> dict[str, str]:
    found = _rows(document).find(named(patient_id), dict.fromkeys(fields, 1), session=move.session, batch_size=ONE_BATCH)
    return {row["_id"]: repr([row.get(name) for name in fields]) async for row in found}


def _unique_with_patient(document: Kind) -> Iterator[list[str]]:
    """The other fields of unique indexes that are for every row; partial ones have rules of their own (``conflicts``)."""
    for index in _indexes(document):
        fields = list(index["key"])
        if index.get("unique") and "patient_id" in fields and "partialFilterExpression" not in index:
            yield [name for name in fields if name != "patient_id"]


def _indexes(document: Kind) -> Iterable[Row]:
    return [index.document for index in getattr(document.Settings, "indexes", ())]


async def _ids(move: Move, rows: AsyncCollection[Row], within: Row) -> list[str]:
    found = rows.find(within, {"_id": 1}, session=move.session, batch_size=ONE_BATCH)
    return sorted([row["_id"] async for row in found])


def _rows(document: type[StoredDocument]) -> AsyncCollection[Row]:
    return document.get_pymongo_collection()
