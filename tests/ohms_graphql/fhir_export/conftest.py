"""Two databases on one server: one to export, one to restore into."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from models.stored_key_ring import StoredKeyRing
from ohms_graphql.database import Database, open_database
from ohms_graphql.fhir.report import ImportReport
from ohms_graphql.fhir_export.exporting import Wanted, export_fhir
from ohms_graphql.fhir_export.restoring import restore
from tests.ohms_graphql.fhir_export.graphs import Graph, graph

Opened = Callable[[], AbstractAsyncContextManager[Database]]
Restored = Callable[[Path], Awaitable[tuple[Graph, ImportReport]]]


def silently(_what: str, _done: int, _total: int) -> None:
    """Nobody watches."""


@pytest.fixture
async def database(mongodb_url: str, database_name: str) -> AsyncIterator[Database]:
    async with open_database(mongodb_url, f"{database_name}_from", build_indexes=False) as database:
        yield database
        await database.client.drop_database(f"{database_name}_from")


@pytest.fixture
def exported(tmp_path: Path) -> Callable[..., Awaitable[Path]]:
    """``await exported()`` gives the folder of a new export, of the database that was opened last."""
    folders = count()

    async def run(wanted: Wanted = Wanted()) -> Path:  # noqa: B008 -- frozen
        folder = tmp_path / f"export-{next(folders)}"
        await export_fhir(folder, wanted, silently)
        return folder

    return run


@pytest.fixture
def opened(mongodb_url: str, database_name: str) -> Iterator[Opened]:
    """``async with opened()``: an empty database."""
    name = f"{database_name}_new"

    @asynccontextmanager
    async def run() -> AsyncIterator[Database]:
        async with open_database(mongodb_url, name, build_indexes=False) as database:
            # Its collections stay: making them takes longer than most of the rest.
            for collection in await database.database.list_collection_names():
                if collection != StoredKeyRing.Settings.name:
                    await database.database[collection].delete_many({})
            yield database

    yield run
    _drop(mongodb_url, name)


@pytest.fixture
def restored(opened: Opened) -> Restored:
    """``await restored(folder)``: the graph in a new database, and the report of how it got there."""

    async def run(folder: Path) -> tuple[Graph, ImportReport]:
        async with opened() as database:
            report = await restore(folder, database, "UTC", silently)
            return await graph(), report

    return run


def _drop(mongodb_url: str, name: str) -> None:
    with MongoClient[dict[str, Any]](mongodb_url) as client:
        client.drop_database(name)
