"""Importing into a database of the test's own."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient, monitoring

from ohms_graphql.database import Database, open_database
from ohms_graphql.fhir.importing import import_paths
from ohms_graphql.fhir.plan import Options
from ohms_graphql.fhir.report import ImportReport
from tests.sent_commands import SentCommands

OPTIONS = Options(source="urn:test", time_zone="America/New_York")
SYNTHEA = Path(__file__).parents[4] / "shared" / "data" / "synthea"

Importer = Callable[..., Awaitable[ImportReport]]


class Writes(SentCommands):
    """The names of the commands that change something."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if event.command_name in {"insert", "update", "delete", "findAndModify", "commitTransaction"}:
            self.seen.append(event.command_name)


@pytest.fixture
def writes() -> Writes:
    return Writes()


@pytest.fixture
async def database(
    mongodb_url: str, database_name: str, writes: Writes, request: pytest.FixtureRequest
) -> AsyncIterator[Database]:
    """Without indexes, which take longer to build than a bundle to import; a test that needs some asks for ``unique``."""
    indexed = "unique" in request.fixturenames
    name = database_name if indexed else f"{database_name}_bare"
    async with open_database(mongodb_url, name, listeners=(writes,), build_indexes=indexed) as database:
        yield database
        if not indexed:
            await database.client.drop_database(name)


@pytest.fixture
def unique() -> None:
    """Asks for the database's unique indexes."""


@pytest.fixture
def imported(database: Database) -> Importer:
    """``await imported(path, ...)`` imports and gives the report."""

    async def run(*paths: Path, options: Options = OPTIONS) -> ImportReport:
        return await import_paths(list(paths), database, options)

    return run


@pytest.fixture(scope="session")
def synthea() -> Path:
    if not SYNTHEA.is_dir():
        pytest.skip("the twelve Synthea bundles are not beside the repository (../shared/data/synthea)")
    return SYNTHEA


@pytest.fixture(scope="session")
def synthea_clinic(mongodb_url: str, synthea: Path) -> Iterator[str]:
    """The name of a database with the twelve bundles in it, for tests that only read."""
    name = f"test_{uuid.uuid4().hex}"

    async def load() -> None:
        async with open_database(mongodb_url, name) as database:
            report = await import_paths([synthea], database, OPTIONS)
            assert report.problems == []

    asyncio.run(load())
    yield name
    with MongoClient[dict[str, Any]](mongodb_url) as client:
        client.drop_database(name)


@pytest.fixture
async def synthea_database(mongodb_url: str, synthea_clinic: str) -> AsyncIterator[Database]:
    async with open_database(mongodb_url, synthea_clinic, build_indexes=False) as database:
        yield database
