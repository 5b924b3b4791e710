"""Rows of the directory are read for all who ask at once; what a caller may not see, and whole rows, never are."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from pymongo.asynchronous.collection import AsyncCollection

from models.patient import Patient
from models.provider import Provider
from ohms_graphql.command_counter import count_command
from resolvers.access import Access
from resolvers.directory_reads import DirectoryReads
from resolvers.loaders import Loaders
from resolvers.principal import ANONYMOUS, principal_of
from resolvers.reading import Reading
from tests.clinic import NOON, Clinic
from tests.prepared import open_prepared
from tests.sent_commands import COMMAND_COUNTER, count_commands

_READING = Reading({"Provider": frozenset({"name"}), "Patient": frozenset({"name"})})


@pytest.fixture
async def clinic(mongodb_url: str, database_name: str) -> AsyncIterator[Clinic]:
    async with open_prepared(mongodb_url, database_name, listeners=(COMMAND_COUNTER,)):
        yield await Clinic().stored()


@pytest.fixture
def finds(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The collection of each read."""
    seen: list[str] = []
    find = AsyncCollection.find

    def noting(self: Any, *rest: Any, **more: Any) -> Any:
        seen.append(self.name)
        return find(self, *rest, **more)

    monkeypatch.setattr(AsyncCollection, "find", noting)
    return seen


def _loaders(clinic: Clinic, caller: str | None, directory: DirectoryReads, reading: Reading | None = _READING) -> Loaders:
    principal = principal_of(clinic.accounts[caller]) if caller else ANONYMOUS
    access = Access(principal, NOON, directory=directory)
    access.reading = reading
    return Loaders(access, "USD")


async def test_operations_that_ask_at_once_share_a_read_and_each_counts_it(clinic: Clinic, finds: list[str]) -> None:
    directory, ids = DirectoryReads(count_command), sorted(provider.id for provider in await Provider.find().to_list())
    finds.clear()

    async def load(caller: str, provider_id: str) -> tuple[Provider | None, int]:
        with count_commands() as counter:
            return await _loaders(clinic, caller, directory).providers.load(provider_id), counter.total

    asked = [("house", ids[0]), ("staff", ids[1]), ("alice", ids[0]), ("house", "nobody")]
    loaded = await asyncio.gather(*(load(caller, provider_id) for caller, provider_id in asked))
    assert [provider and provider.id for provider, _ in loaded] == [ids[0], ids[1], ids[0], None]
    assert [count for _, count in loaded] == [1] * 4
    assert len(finds) == 1


async def test_who_asks_later_gets_what_was_written_meanwhile(clinic: Clinic) -> None:
    directory, (first, *_) = DirectoryReads(count_command), await Provider.find().to_list()
    early = asyncio.create_task(_load_name(clinic, directory, first.id))
    await asyncio.sleep(0.001)
    await Provider.get_pymongo_collection().update_one({"_id": first.id}, {"$set": {"name.family": "Later"}})
    assert await _load_name(clinic, directory, first.id) == "Later"
    await early


async def _load_name(clinic: Clinic, directory: DirectoryReads, provider_id: str) -> str | None:
    provider = await _loaders(clinic, "staff", directory).providers.load(provider_id)
    return provider and provider.name.family


async def test_what_not_everybody_sees_is_read_for_each(clinic: Clinic, finds: list[str]) -> None:
    directory = DirectoryReads(count_command)
    loaded = await asyncio.gather(
        _loaders(clinic, "staff", directory).patients.load(clinic.alice.id),
        _loaders(clinic, "alice", directory).patients.load(clinic.alice.id),
        _loaders(clinic, None, directory).patients.load(clinic.alice.id),
    )
    assert [patient and patient.id for patient in loaded] == [clinic.alice.id, clinic.alice.id, None]
    assert finds.count(Patient.get_pymongo_collection().name) >= 2


async def test_whole_rows_are_nobody_elses(clinic: Clinic) -> None:
    directory, (first, *_) = DirectoryReads(count_command), await Provider.find().to_list()
    one, other = await asyncio.gather(
        *(_loaders(clinic, "staff", directory, reading=None).providers.load(first.id) for _ in range(2))
    )
    assert one is not other
    assert one is not None
    assert one == other


async def test_many_kinds_of_reading_do_not_pile_up(clinic: Clinic) -> None:
    directory, (first, *_) = DirectoryReads(count_command), await Provider.find().to_list()
    names = sorted(Provider.model_fields)
    for number in range(300):
        fields = frozenset(name for place, name in enumerate(names) if number >> place & 1)
        found = await _loaders(clinic, "staff", directory, Reading({"Provider": fields})).providers.load(first.id)
        assert found is not None
        assert found.id == first.id
    assert len(directory._kinds) <= 100
