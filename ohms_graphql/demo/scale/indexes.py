"""Indexes are built after a large load: sorted once, instead of changed for each row."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from models.appointment import Appointment
from models.base import StoredDocument
from models.busy_day import BusyDay
from models.coverage import Coverage
from models.patient import Patient
from models.record import Record
from ohms_graphql.database import Database

LARGE: tuple[type[StoredDocument], ...] = (Record, Appointment, BusyDay, Patient, Coverage)
_AT_ONCE = 2
"""MongoDB builds each command's indexes with one core, and holds the keys of each in memory up to a limit."""

Index = dict[str, Any]


@asynccontextmanager
async def without_indexes(database: Database) -> AsyncIterator[None]:
    """The indexes of the large collections are away inside the block and back after it, however it ends.

    After a crash they are back when OHMS opens the database next: ``open_database`` builds what is missing.
    """
    taken = {document: await _take(database, document) for document in LARGE}
    try:
        yield
    finally:
        await _build(database, taken)


async def _take(database: Database, document: type[StoredDocument]) -> list[Index]:
    collection = database.database[document.get_pymongo_collection().name]
    found = [index async for index in await collection.list_indexes()]
    await collection.drop_indexes()
    return [{name: value for name, value in index.items() if name != "v"} for index in found if index["name"] != "_id_"]


async def _build(database: Database, taken: dict[type[StoredDocument], list[Index]]) -> None:
    """The largest first, in two halves: two commands read a collection side by side."""
    turns = asyncio.Semaphore(_AT_ONCE)

    async def build(name: str, indexes: list[Index]) -> None:
        async with turns:
            if indexes:
                await database.database.command("createIndexes", name, indexes=indexes)

    async with asyncio.TaskGroup() as building:
        for document, indexes in taken.items():
            for half in (indexes[::2], indexes[1::2]):
                building.create_task(build(document.get_pymongo_collection().name, half))
