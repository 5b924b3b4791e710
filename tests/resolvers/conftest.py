"""An open database for tests of the use cases."""

from collections.abc import AsyncIterator

import pytest

from ohms_graphql.database import Database
from tests.prepared import open_prepared
from tests.sent_commands import COMMAND_COUNTER


@pytest.fixture
async def database(mongodb_url: str, database_name: str) -> AsyncIterator[Database]:
    async with open_prepared(mongodb_url, database_name, listeners=(COMMAND_COUNTER,)) as database:
        yield database
