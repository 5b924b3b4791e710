"""Callers are looked up together, and nobody is told of a state from before they asked."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from pymongo.asynchronous.collection import AsyncCollection

from models.account import Account, AccountStatus
from models.identity import new_id
from models.role import Role
from ohms_graphql.present_accounts import PresentAccounts
from resolvers import gathered_reads
from tests.clinic import Clinic
from tests.prepared import open_prepared
from tests.sent_commands import COMMAND_COUNTER, count_commands

Reads = list[list[str]]


@pytest.fixture
async def clinic(mongodb_url: str, database_name: str) -> AsyncIterator[Clinic]:
    async with open_prepared(mongodb_url, database_name, listeners=(COMMAND_COUNTER,)):
        yield await Clinic().stored()


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Reads:
    """The ids of each read."""
    seen: Reads = []
    find = AsyncCollection.find

    def noting(self: Any, query: Any, *rest: Any, **more: Any) -> Any:
        seen.append(sorted(query["_id"]["$in"]))
        return find(self, query, *rest, **more)

    monkeypatch.setattr(AsyncCollection, "find", noting)
    return seen


def _id(clinic: Clinic, name: str) -> str:
    return clinic.accounts[name].id


async def test_callers_who_come_together_share_a_read_and_each_counts_it(clinic: Clinic, reads: Reads) -> None:
    accounts, names = PresentAccounts(), ["house", "staff", "alice", "house"]

    async def look(name: str) -> tuple[Any, int]:
        with count_commands() as counter:
            return await accounts.find(_id(clinic, name), new_id()), counter.total

    found = await asyncio.gather(*map(look, names))
    assert [principal.account_id for principal, _ in found] == [_id(clinic, name) for name in names]
    assert [count for _, count in found] == [1] * 4
    assert reads == [sorted({_id(clinic, name) for name in names})]


async def test_who_comes_while_a_read_is_under_way_waits_for_the_next(clinic: Clinic, reads: Reads) -> None:
    accounts, account = PresentAccounts(), _id(clinic, "staff")
    first = asyncio.create_task(accounts.find(account, new_id()))
    while not reads:  # noqa: ASYNC110
        await asyncio.sleep(0)
    await Account.get_pymongo_collection().update_one({"_id": account}, {"$set": {"roles": [Role.ANALYST.value]}})
    later = await accounts.find(account, new_id())
    assert later is not None
    assert later.roles == {Role.ANALYST}
    assert await first is not None
    assert len(reads) == 2


async def test_a_change_shows_with_the_next_look(clinic: Clinic) -> None:
    accounts, account, session = PresentAccounts(), _id(clinic, "staff"), new_id()
    stored = Account.get_pymongo_collection()
    assert await accounts.find(account, session) is not None
    await stored.update_one({"_id": account}, {"$set": {"ended_sessions": [{"id": session, "expires_at": None}]}})
    await stored.update_one({"_id": account}, {"$set": {"ended_sessions.0.expires_at": clinic.accounts["staff"].created_at}})
    assert await accounts.find(account, session) is None
    assert await accounts.find(account, new_id()) is not None
    await stored.update_one({"_id": account}, {"$set": {"status": AccountStatus.LOCKED.value}})
    assert await accounts.find(account, new_id()) is None
    assert await accounts.find("nobody", new_id()) is None


async def test_who_leaves_takes_nobody_along(clinic: Clinic) -> None:
    accounts = PresentAccounts()
    leaving = asyncio.create_task(accounts.find(_id(clinic, "house"), new_id()))
    staying = asyncio.create_task(accounts.find(_id(clinic, "house"), new_id()))
    await asyncio.sleep(0)
    leaving.cancel()
    assert await staying is not None
    assert await accounts.find(_id(clinic, "staff"), new_id()) is not None


async def test_a_read_that_fails_fails_those_who_waited_and_no_others(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    accounts, find, failing = PresentAccounts(), AsyncCollection.find, [True]

    def breaking(self: Any, *given: Any, **more: Any) -> Any:
        if failing.pop() if failing else False:
            raise ConnectionError
        return find(self, *given, **more)

    monkeypatch.setattr(AsyncCollection, "find", breaking)
    looked = await asyncio.gather(*(accounts.find(_id(clinic, "house"), new_id()) for _ in range(2)), return_exceptions=True)
    assert [type(each) for each in looked] == [ConnectionError] * 2
    assert await accounts.find(_id(clinic, "house"), new_id()) is not None


async def test_a_read_that_hangs_holds_nobody_else_up(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    read, hanging = PresentAccounts._read, asyncio.Event()
    monkeypatch.setattr(gathered_reads, "PATIENCE_SECONDS", 0.01)

    async def hang_first(self: PresentAccounts, ids: Any) -> Any:
        if not hanging.is_set():
            hanging.set()
            await asyncio.Event().wait()
        return await read(self, ids)

    monkeypatch.setattr(PresentAccounts, "_read", hang_first)
    accounts = PresentAccounts()
    hung = asyncio.create_task(accounts.find(_id(clinic, "house"), new_id()))
    await hanging.wait()
    assert await accounts.find(_id(clinic, "staff"), new_id()) is not None
    hung.cancel()
    for task in list(accounts._reads._tasks):
        task.cancel()
