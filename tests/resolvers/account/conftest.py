"""The small clinic, and its callers at the use cases' door."""

import pytest

from ohms_graphql.database import Database
from tests.clinic import Clinic, plain_ports
from tests.resolvers.account.desk import Desk


@pytest.fixture
async def desk(database: Database) -> Desk:
    return Desk(await Clinic().stored(), plain_ports(database.transaction))
