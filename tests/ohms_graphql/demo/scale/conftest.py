"""A hundredth of the large clinic, loaded once for the tests of this folder, as the command loads it."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from pymongo import MongoClient

from ohms_graphql.database import Database, open_database
from ohms_graphql.demo.scale.load import ScaleSummary, load_scale
from ohms_graphql.demo.scale.size import Size
from ohms_graphql.settings import Settings, load_settings

ANCHOR = datetime(2026, 3, 18, tzinfo=UTC)
SIZE = Size.of(0.01)


@dataclass(frozen=True, slots=True)
class Loaded:
    """``told`` are the steps that were shown, with the last number of each."""

    settings: Settings
    summary: ScaleSummary
    told: dict[str, tuple[int, int]]


@pytest.fixture(scope="session")
def loaded(mongodb_url: str) -> Iterator[Loaded]:
    settings = load_settings({"OHMS_MONGODB_URL": mongodb_url, "OHMS_DATABASE": f"scale_{uuid.uuid4().hex}"})
    told: dict[str, tuple[int, int]] = {}

    def tell(what: str, done: int, total: int) -> None:
        told[what] = (done, total)

    async def load() -> ScaleSummary:
        async with open_database(mongodb_url, settings.database) as database:
            return await load_scale(database, settings, SIZE, ANCHOR, tell, own_server=True)

    yield Loaded(settings, asyncio.run(load()), told)
    with MongoClient[dict[str, Any]](mongodb_url) as client:
        client.drop_database(settings.database)


@pytest.fixture
async def database(loaded: Loaded) -> AsyncIterator[Database]:
    opened = open_database(loaded.settings.mongodb_url or "", loaded.settings.database, build_indexes=False)
    async with opened as database:
        yield database
