"""Writing what belongs together in one transaction, and finding the one among many that the database does not take."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from bson.errors import BSONError
from pymongo import InsertOne, ReplaceOne, UpdateMany, UpdateOne
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import BulkWriteError, DocumentTooLarge, OperationFailure, PyMongoError

from models.base import StoredDocument
from models.busy_day import BusyDay
from ohms_graphql.database import Database
from ohms_graphql.errors import OhmsError
from ohms_graphql.fhir.plan import Also
from ohms_graphql.fhir.storage import Raw, exact

T = TypeVar("T")

# What a client or the server says of one document, not of the connection.
_OF_ONE_DOCUMENT = (BulkWriteError, DocumentTooLarge, BSONError, ArithmeticError, ValueError)
_DUPLICATE = 11000
_TOO_LARGE = 10334
_BUSY_DAYS = f".{BusyDay.Settings.name} "
_LARGE = "larger than the 16 MB that a document may have"
_TAKEN = {
    "mrn": "identifier: another patient has this medical record number",
    "npi": "identifier: another provider has this NPI",
    "record_id": "changed by somebody else at the same time: import it again",
    "_id": "written by somebody else at the same time: import it again",
}


@dataclass(slots=True)
class Unit(Generic[T]):
    """Writes that go in together or not at all, for the sake of ``what``."""

    what: T
    inserts: list[tuple[type[StoredDocument], Raw]] = field(default_factory=list)
    updates: list[Also] = field(default_factory=list)


async def write(database: Database, units: Sequence[Unit[T]]) -> list[tuple[Unit[T], str]]:
    """Writes all units in one transaction; gives those that the database does not take, each with the reason.

    When one is not taken, halves are tried: few transactions find it. Raises OhmsError when the database itself fails.
    """
    if not any(unit.inserts or unit.updates for unit in units):
        return []

    async def work(session: AsyncClientSession) -> None:
        await _send(units, session)

    try:
        await database.transaction(work)
    except _OF_ONE_DOCUMENT as error:
        reason = _reason(error)
    except PyMongoError as error:
        code = error.code if isinstance(error, OperationFailure) else None
        if code != _TOO_LARGE:
            what = type(error).__name__ if code is None else f"error {code}"
            # Without its cause, whose text may quote documents.
            raise OhmsError(f"The database failed during the import ({what}). What was written before stays.") from None
        reason = _LARGE
    else:
        return []
    if len(units) == 1:
        return [(units[0], reason)]
    middle = len(units) // 2
    return await write(database, units[:middle]) + await write(database, units[middle:])


async def _send(units: Sequence[Unit[Any]], session: AsyncClientSession) -> None:
    operations: dict[type[StoredDocument], list[InsertOne[Raw] | UpdateOne | UpdateMany | ReplaceOne[Any]]] = defaultdict(list)
    said: set[str] = set()
    for unit in units:
        for document, raw in unit.inserts:
            operations[document].append(InsertOne(raw))
    for unit in units:
        for also in unit.updates:
            if also.once is None or also.once not in said:
                operations[also.document].append(also.operation)
                said.add(also.once or "")
    for document, writes in operations.items():
        await exact(document).bulk_write(writes, ordered=True, session=session)


def _reason(error: Exception) -> str:
    """Never the error's own text: it quotes the document."""
    if isinstance(error, DocumentTooLarge):
        return _LARGE
    details = error.details["writeErrors"][0] if isinstance(error, BulkWriteError) and error.details.get("writeErrors") else {}
    if details.get("code") == _DUPLICATE and _BUSY_DAYS in details.get("errmsg", ""):
        return "period: the provider or the patient has another visit at this time"
    if details.get("code") == _DUPLICATE:
        fields = details.get("keyPattern", {})
        return next((reason for name, reason in _TAKEN.items() if name in fields), f"{', '.join(fields)}: taken already")
    if details:
        return f"the database does not take it (error {details.get('code')})"
    return f"cannot be stored ({type(error).__name__})"
