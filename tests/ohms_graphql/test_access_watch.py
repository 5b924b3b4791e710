"""The watch over accounts, on a real change stream."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from pymongo.asynchronous.collection import AsyncCollection

from models.account import Account
from models.role import Role
from ohms_graphql.access_watch import AccessWatch
from ohms_graphql.database import Database, open_database

PATIENCE = 10


@pytest.fixture
async def database(mongodb_url: str, database_name: str) -> AsyncIterator[Database]:
    async with open_database(mongodb_url, database_name) as database:
        yield database


@pytest.fixture
async def accounts(database: Database) -> AsyncCollection[dict[str, Any]]:
    return Account.get_pymongo_collection()


async def _turn(changes: AsyncIterator[None]) -> None:
    await asyncio.wait_for(anext(changes), PATIENCE)


async def _account() -> str:
    account = Account(email="a@clinic.example", roles=[Role.STAFF])
    await account.insert()
    return account.id


async def test_followers_are_told_of_their_account_only(accounts: AsyncCollection[dict[str, Any]]) -> None:
    watch, account_id = AccessWatch(accounts), await _account()
    async with watch.running():
        with watch.follow(account_id) as changes, watch.follow("another") as others:
            await _turn(changes)  # the stream has just been opened: everybody looks
            await _turn(others)
            await accounts.update_one({"_id": account_id}, {"$set": {"roles": ["ADMIN"]}})
            await _turn(changes)
            waiting = asyncio.ensure_future(anext(others))
            await accounts.update_one({"_id": account_id}, {"$push": {"ended_sessions": {"id": "s"}}})
            await _turn(changes)
            assert not waiting.done()
            waiting.cancel()


async def test_what_is_no_matter_of_rights_is_not_told(accounts: AsyncCollection[dict[str, Any]]) -> None:
    watch, account_id = AccessWatch(accounts), await _account()
    async with watch.running():
        with watch.follow(account_id) as changes:
            await _turn(changes)
            await accounts.update_one({"_id": account_id}, {"$set": {"last_signed_in_at": None, "statuses": 1}})
            await accounts.update_one({"_id": account_id}, {"$set": {"status": "LOCKED"}})
            await _turn(changes)
            waiting = asyncio.ensure_future(anext(changes))
            await asyncio.sleep(0)
            assert not waiting.done()  # one turn for two changes
            waiting.cancel()


async def test_a_change_just_before_following_is_told(accounts: AsyncCollection[dict[str, Any]]) -> None:
    watch, account_id = AccessWatch(accounts), await _account()
    async with watch.running():
        with watch.follow(account_id) as changes:
            await _turn(changes)
            await accounts.delete_one({"_id": account_id})
            await _turn(changes)
        with watch.follow(account_id) as changes:
            await _turn(changes)


async def test_the_watch_goes_on_when_its_stream_breaks(
    accounts: AsyncCollection[dict[str, Any]], caplog: pytest.LogCaptureFixture
) -> None:
    watch, account_id = AccessWatch(accounts), await _account()
    async with watch.running():
        with watch.follow(account_id) as changes:
            await _turn(changes)
            await accounts.drop()  # invalidates the stream
            while "interrupted" not in caplog.text:
                await _turn(changes)  # of the deletion, or of the stream that was opened anew
            await accounts.insert_one({"_id": account_id, "roles": []})
            for role in ("STAFF", "ADMIN"):
                await accounts.update_one({"_id": account_id}, {"$set": {"roles": [role]}})
                await _turn(changes)
