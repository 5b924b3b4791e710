"""Putting the demo clinic into a database."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pymongo.errors import BulkWriteError

from models.base import StoredDocument
from ohms_graphql.database import Database, open_database
from ohms_graphql.demo.cast import sign_ins
from ohms_graphql.demo.clinic import demo_clinic
from ohms_graphql.demo.marker import Holding, Marker
from ohms_graphql.errors import OhmsError
from ohms_graphql.fhir.storage import encoded, exact
from ohms_graphql.keys.master_key import master_key_of
from ohms_graphql.settings import Settings
from resolvers.billing.numbering import number_on

__all__ = ["DemoSummary", "load_demo", "load_demo_if_empty", "sign_ins"]

_BATCH = 1000
_DUPLICATE = 11000

Progress = Callable[[int, int], None]
"""Called with the number of documents done, and of all."""


@dataclass
class DemoSummary:
    """Documents written, by the name of their class; all empty when the demo was there already.

    ``left_out`` are those whose e-mail address, invoice number or other key belongs to a document that is not the demo's: that
    happens only where the demo was forced into somebody's clinic.
    """

    written: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)


def today() -> datetime:
    """The start of this day in UTC: what the demo takes for now."""
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


async def load_demo(database: Database, anchor: datetime, progress: Progress, *, force: bool = False) -> DemoSummary:
    """Loads the demo. Does nothing when it is there; raises OhmsError when something else is, unless forced.

    Ids never change, and what is there is not written again: processes that load at once write one clinic together, and a load
    that was broken off is gone on with.
    """
    marker = Marker(database)
    holding = await marker.holding()
    if holding is Holding.DEMO:
        return DemoSummary()
    if holding is Holding.OTHER and not force:
        raise OhmsError("The database holds a clinic already, and not the demo: --force puts the demo beside it.")
    anchor = await marker.begin(anchor, afresh=holding is Holding.NOTHING)
    documents = await asyncio.to_thread(demo_clinic, anchor)
    summary = await _write(documents, progress)
    await number_on()
    await marker.finish()
    return summary


async def _write(documents: list[StoredDocument], progress: Progress) -> DemoSummary:
    """The server writes one batch while the next is being encoded."""
    summary = DemoSummary()
    done = 0
    at_once = asyncio.Semaphore(2)

    async def write(kind: type[StoredDocument], batch: list[StoredDocument]) -> None:
        nonlocal done
        async with at_once:
            left_out = await _insert(kind, batch)
        summary.written[kind.__name__] += len(batch) - left_out.total()
        summary.left_out[kind.__name__] += left_out["taken"]
        done += len(batch)
        progress(done, len(documents))

    try:
        async with asyncio.TaskGroup() as writing:
            for kind, batch in _batches(documents):
                writing.create_task(write(kind, batch))
    except ExceptionGroup as group:
        raise group.exceptions[0] from None
    summary.written, summary.left_out = +summary.written, +summary.left_out
    return summary


async def _insert(kind: type[StoredDocument], batch: list[StoredDocument]) -> Counter[str]:
    """Counts what was not inserted: ``there`` already under its id, or with a key that is ``taken`` by another document."""
    left_out: Counter[str] = Counter()
    try:
        await exact(kind).insert_many([encoded(document) for document in batch], ordered=False)
    except BulkWriteError as error:
        for problem in error.details["writeErrors"]:
            if problem["code"] != _DUPLICATE:
                # Its text may quote a document.
                raise OhmsError(f"The database does not take the demo (error {problem['code']}).") from None
            left_out["there" if "_id" in problem["keyPattern"] else "taken"] += 1
    return left_out


def _batches(documents: list[StoredDocument]) -> Iterator[tuple[type[StoredDocument], list[StoredDocument]]]:
    by_kind: dict[type[StoredDocument], list[StoredDocument]] = defaultdict(list)
    for document in documents:
        by_kind[type(document)].append(document)
    for kind, found in by_kind.items():
        for start in range(0, len(found), _BATCH):
            yield kind, found[start : start + _BATCH]


def load_demo_if_empty(settings: Settings, progress: Progress = lambda _done, _all: None) -> bool:
    """Whether it was loaded now. Leaves a database alone that holds anything but a demo whose loading was broken off."""

    async def load() -> bool:
        async with open_database(settings.mongodb_url or "", settings.database, master_key=master_key_of(settings)) as database:
            if await Marker(database).holding() not in {Holding.NOTHING, Holding.BEGUN}:
                return False
            return bool((await load_demo(database, today(), progress)).written)

    return asyncio.run(load())
