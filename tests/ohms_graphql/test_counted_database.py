"""Calls count as what the driver sends for them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from bson import CodecOptions
from pymongo import AsyncMongoClient, InsertOne, monitoring
from pymongo.asynchronous.collection import AsyncCollection

from models.organization import Organization
from ohms_graphql.counted_database import _COMMANDS, CountedCollection, CountedDatabase
from ohms_graphql.database import open_database
from tests.sent_commands import SentCommands, count_commands

Row = dict[str, Any]
Things = AsyncCollection[Row]


class Sent(SentCommands):
    def __init__(self) -> None:
        self.names: list[str] = []

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        self.names.append(event.command_name)


@pytest.fixture
def sent() -> Sent:
    return Sent()


@pytest.fixture
async def things(mongodb_url: str, database_name: str, sent: Sent) -> AsyncIterator[Things]:
    async with AsyncMongoClient[Row](mongodb_url, event_listeners=[sent]) as client:
        await client.admin.command("ping")
        yield CountedDatabase(client, database_name)["things"]


async def _aggregated(things: Things) -> list[Row]:
    return await (await things.aggregate([{"$match": {}}])).to_list()


CALLS: dict[str, Callable[[Things], Awaitable[Any]]] = {
    "aggregate": _aggregated,
    "bulk_write": lambda things: things.bulk_write([InsertOne({}), InsertOne({})]),
    "count_documents": lambda things: things.count_documents({}),
    "delete_many": lambda things: things.delete_many({"a": 1}),
    "delete_one": lambda things: things.delete_one({"a": 1}),
    "distinct": lambda things: things.distinct("a"),
    "estimated_document_count": lambda things: things.estimated_document_count(),
    "find": lambda things: things.find({}).to_list(),
    "find_one": lambda things: things.find_one({}),
    "find_one_and_delete": lambda things: things.find_one_and_delete({"a": 1}),
    "find_one_and_replace": lambda things: things.find_one_and_replace({"a": 1}, {"a": 2}),
    "find_one_and_update": lambda things: things.find_one_and_update({"a": 1}, {"$set": {"a": 2}}),
    "insert_many": lambda things: things.insert_many([{}, {}]),
    "insert_one": lambda things: things.insert_one({}),
    "replace_one": lambda things: things.replace_one({"a": 1}, {"a": 2}),
    "update_many": lambda things: things.update_many({"a": 1}, {"$set": {"a": 2}}),
    "update_one": lambda things: things.update_one({"a": 1}, {"$set": {"a": 2}}),
}


@pytest.mark.parametrize("method", sorted({*_COMMANDS, "find_one"}))
async def test_each_method_counts_as_the_command_that_it_sends(things: Things, sent: Sent, method: str) -> None:
    await things.insert_one({"b": 1})
    sent.names.clear()
    with count_commands() as counter:
        await CALLS[method](things)
    assert len(sent.names) == 1
    # A bulk write has no name of its own.
    assert list(counter.by_name.elements()) == (sent.names if method != "bulk_write" else ["bulkWrite"])


async def test_with_other_options_it_counts_too_and_has_them(things: Things, sent: Sent) -> None:
    await things.insert_one({"_id": 1, "b": datetime(2026, 1, 1, tzinfo=UTC)})
    sent.names.clear()
    with count_commands() as counter:
        row: Row | None = await things.with_options(codec_options=CodecOptions[Row](tz_aware=True)).find_one({})
    assert row is not None
    assert row["b"].tzinfo is not None
    assert counter.by_name == {"find": 1}
    assert sent.names == ["find"]


async def test_an_operation_of_beanie_and_a_transaction_count(mongodb_url: str, database_name: str, sent: Sent) -> None:
    async with open_database(mongodb_url, database_name, listeners=(sent,), counted=True) as database:
        assert isinstance(Organization.get_pymongo_collection(), CountedCollection)

        async def work(session: Any) -> None:
            await Organization(name="North", time_zone="UTC").insert(session=session)
            await Organization.find({"name": "North"}, session=session).to_list()

        sent.names.clear()
        with count_commands() as counter:
            await database.transaction(work)
        assert counter.by_name == {"insert": 1, "find": 1, "commitTransaction": 1}
        assert sorted(counter.by_name.elements()) == sorted(sent.names)
