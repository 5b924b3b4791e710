"""A process that makes practices and writes them: it opens the key ring as every process of OHMS does."""

import asyncio
import signal
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo import MongoClient
from pymongo.errors import BulkWriteError, PyMongoError
from pymongo.synchronous.collection import Collection
from pymongo.write_concern import WriteConcern

from models.base import StoredDocument
from models.secret import use_key_ring
from ohms_graphql.database import open_database
from ohms_graphql.demo.scale.practice import documents
from ohms_graphql.demo.scale.remembering_ring import RememberingRing
from ohms_graphql.demo.scale.size import Size
from ohms_graphql.errors import OhmsError
from ohms_graphql.fhir.storage import Raw
from ohms_graphql.keys.master_key import master_key_of
from ohms_graphql.settings import Settings

_DUPLICATE = 11000
_FAST = WriteConcern(w=1, j=False)
"""What a power cut loses of a load is loaded again: the mark of a practice waits for the journal."""


@dataclass(frozen=True, slots=True)
class _Opened:
    client: MongoClient[dict[str, Any]]
    database: str


_opened: list[_Opened] = []


def open_worker(settings: Settings) -> None:
    """Done once in each process. Ctrl-C is the parent's to take."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asyncio.run(_open_ring(settings))
    _opened[:] = [_Opened(MongoClient(settings.mongodb_url), settings.database)]


async def _open_ring(settings: Settings) -> None:
    url, name = settings.mongodb_url or "", settings.database
    async with open_database(url, name, master_key=master_key_of(settings), build_indexes=False) as database:
        use_key_ring(RememberingRing(database.keys.ring))


def write_practice(size: Size, practice: int, anchor: datetime) -> Counter[str]:
    """How many documents of each class were written. What is there already, from a load that was broken off, stays.

    Raises OhmsError, without a value of any document.
    """
    written: Counter[str] = Counter()
    for document, rows in documents(size, practice, anchor):
        written[document.__name__] += _insert(document, rows)
    return written


def _insert(document: type[StoredDocument], rows: list[Raw]) -> int:
    """How many were not there yet."""
    if not rows:
        return 0
    try:
        _collection(document).insert_many(rows, ordered=False)
    except BulkWriteError as error:
        problems = error.details["writeErrors"]
        other = next(
            (problem for problem in problems if problem["code"] != _DUPLICATE or "_id" not in problem["keyPattern"]), None
        )
        if other is not None:
            # Its text may quote a document.
            raise OhmsError(f"The database does not take the {document.__name__}s (error {other['code']}).") from None
        return len(rows) - len(problems)
    except PyMongoError as error:
        raise OhmsError(f"The database does not take the {document.__name__}s ({type(error).__name__}).") from None
    return len(rows)


def _collection(document: type[StoredDocument]) -> Collection[Raw]:
    (opened,) = _opened
    name = document.get_pymongo_collection().name
    return opened.client[opened.database].get_collection(name, write_concern=_FAST)
