"""A graph over a small clinic on the real mongod."""

from collections.abc import AsyncIterator

import pytest
import strawberry

from ohms_graphql.database import Database
from schema import build_schema
from tests.clinic import Clinic
from tests.graph import Graph, graph_of
from tests.prepared import open_prepared
from tests.sent_commands import COMMAND_COUNTER


@pytest.fixture(scope="session")
def schema() -> strawberry.Schema:
    return build_schema()


@pytest.fixture
async def database(mongodb_url: str, database_name: str) -> AsyncIterator[Database]:
    async with open_prepared(mongodb_url, database_name, listeners=(COMMAND_COUNTER,)) as database:
        yield database


@pytest.fixture
async def graph(schema: strawberry.Schema, database: Database) -> Graph:
    return await graph_of(schema, database, await Clinic().stored())
