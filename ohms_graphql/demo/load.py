"""Putting the demo clinic into a database."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from beanie.odm.utils.encoder import Encoder
from pymongo import ReplaceOne

from models.base import StoredDocument
from models.patient import Patient
from models.provider import Provider
from ohms_graphql.database import open_database
from ohms_graphql.demo.cast import SHOWCASE_PROVIDER_ID, sign_ins
from ohms_graphql.demo.clinic import demo_clinic
from ohms_graphql.errors import OhmsError
from ohms_graphql.settings import Settings

__all__ = ["DemoSummary", "load_demo", "load_demo_if_empty", "sign_ins"]

_BATCH = 1000

Progress = Callable[[int, int], None]
"""Called with the number of documents written, and of all."""


@dataclass
class DemoSummary:
    """Documents written, by the name of their class; empty when the demo was there already."""

    written: Counter[str] = field(default_factory=Counter)


def today() -> datetime:
    """The demo's present: the start of this day in UTC, plus the hours that make it noon in the middle of America."""
    return datetime.now(UTC).replace(hour=18, minute=0, second=0, microsecond=0)


async def load_demo(anchor: datetime, progress: Progress, *, force: bool = False) -> DemoSummary:
    """Into the open database. Does nothing when the demo is there; raises OhmsError when something else is, unless forced.

    Ids never change, and each document is written whole under its own: two processes that load at once write the same clinic.
    """
    summary = DemoSummary()
    if await Provider.get(SHOWCASE_PROVIDER_ID) is not None:
        return summary
    if not force and not await _empty():
        raise OhmsError("The database holds a clinic already, and not the demo: --force puts the demo beside it.")
    documents = await asyncio.to_thread(demo_clinic, anchor)
    # The providers go last: once they are there, the demo is whole.
    documents.sort(key=lambda document: isinstance(document, Provider))
    done = 0
    for kind, batch in _batches(documents):
        encoder = Encoder(to_db=True, custom_encoders=kind.get_settings().bson_encoders)
        writes = [
            ReplaceOne({"_id": document.id}, encoder.encode(document) | {"_id": document.id}, upsert=True) for document in batch
        ]
        await kind.get_pymongo_collection().bulk_write(writes, ordered=False)
        summary.written[kind.__name__] += len(batch)
        done += len(batch)
        progress(done, len(documents))
    return summary


def _batches(documents: list[StoredDocument]) -> Iterator[tuple[type[StoredDocument], list[StoredDocument]]]:
    by_kind: dict[type[StoredDocument], list[StoredDocument]] = defaultdict(list)
    for document in documents:
        by_kind[type(document)].append(document)
    for kind, found in by_kind.items():
        for start in range(0, len(found), _BATCH):
            yield kind, found[start : start + _BATCH]


async def _empty() -> bool:
    return not await Patient.find({}).exists() and not await Provider.find({}).exists()


def load_demo_if_empty(settings: Settings, progress: Progress = lambda _done, _all: None) -> bool:
    """Whether it was loaded now. Leaves a database alone that holds anything."""

    async def load() -> bool:
        async with open_database(settings.mongodb_url or "", settings.database):
            if not await _empty():
                return False
            return bool((await load_demo(today(), progress)).written)

    return asyncio.run(load())
