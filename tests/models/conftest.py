"""Documents on the mock: the fast lane."""

import pytest

from tests.mock_database import bind_to_mock


@pytest.fixture
async def mock_database() -> None:
    await bind_to_mock()
