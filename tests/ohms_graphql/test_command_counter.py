"""Database commands are counted for the operation that caused them, through the driver's own async client."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiodataloader import DataLoader
from pymongo import AsyncMongoClient
from pymongo.asynchronous.collection import AsyncCollection

from ohms_graphql.command_counter import start_counting
from tests.sent_commands import COMMAND_COUNTER, count_commands

Things = AsyncCollection[dict[str, Any]]


@pytest.fixture
async def things(mongodb_url: str, database_name: str) -> AsyncIterator[Things]:
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(mongodb_url, event_listeners=[COMMAND_COUNTER])
    async with client:
        yield client[database_name]["things"]


async def test_commands_are_counted_by_name(things: Things) -> None:
    with count_commands() as counter:
        await things.insert_many([{"_id": number} for number in range(250)])
        assert len(await things.find({}, batch_size=100).to_list()) == 250
        await things.find_one({"_id": 1})
    assert counter.by_name == {"insert": 1, "find": 2, "getMore": 2}
    assert counter.total == 5


async def test_commands_of_tasks_begun_meanwhile_count_too(things: Things) -> None:
    with count_commands() as counter:
        await asyncio.gather(*(things.find_one({"_id": number}) for number in range(7)))
        async with asyncio.TaskGroup() as group:
            group.create_task(things.count_documents({}))
    assert counter.by_name == {"find": 7, "aggregate": 1}


async def test_the_batch_of_a_loader_counts_for_the_operation_that_asked(things: Things) -> None:
    class ById(DataLoader[int, Any]):
        async def batch_load_fn(self, keys: list[int]) -> list[Any]:
            found = {thing["_id"]: thing async for thing in things.find({"_id": {"$in": keys}})}
            return [found.get(key) for key in keys]

    await things.insert_many([{"_id": number} for number in range(9)])
    with count_commands() as counter:
        loader = ById()
        await asyncio.gather(*(loader.load(number) for number in range(9)))
    assert counter.by_name == {"find": 1}


async def test_operations_side_by_side_are_told_apart(things: Things) -> None:
    async def operation(commands: int) -> int:
        counter = start_counting()
        for _ in range(commands):
            await things.find_one({})
            await asyncio.sleep(0)
        return counter.total

    assert await asyncio.gather(*(operation(commands) for commands in range(5))) == [0, 1, 2, 3, 4]


async def test_a_count_within_a_count_keeps_its_own_and_then_gives_way(things: Things) -> None:
    with count_commands() as outer:
        await things.find_one({})
        with count_commands() as inner:
            await things.find_one({})
        await things.find_one({})
    assert (outer.total, inner.total) == (2, 1)


async def test_the_drivers_own_commands_and_those_of_nobody_are_not_counted(mongodb_url: str) -> None:
    with count_commands() as counter:
        client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(mongodb_url, event_listeners=[COMMAND_COUNTER])
        async with client:
            await client.admin.command("ping")
        assert counter.total == 0  # hello, ping and endSessions
    async with AsyncMongoClient[dict[str, Any]](mongodb_url, event_listeners=[COMMAND_COUNTER]) as other:
        await other["nothing"]["things"].find_one({})
    assert counter.total == 0


async def test_a_command_that_fails_counts(things: Things) -> None:
    with count_commands() as counter, pytest.raises(Exception, match="unknown operator"):
        await things.find_one({"a": {"$nonsense": 1}})
    assert counter.total == 1
