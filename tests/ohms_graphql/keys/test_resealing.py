"""New keys without stopping: `ohms keys`, against a database with every kind of secret in it."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from models.patient import Patient, PatientName
from models.secret import SecretFault, key_ring
from ohms_graphql import cli
from ohms_graphql.database import Database, open_database
from ohms_graphql.keys.keysets import VALUES
from ohms_graphql.keys.plaintext_guard import roots
from ohms_graphql.keys.resealing import key_use, reseal
from tests.clinic import Clinic
from tests.opened import Row, opened_rows

Printed = pytest.CaptureFixture[str]


@pytest.fixture
async def database(mongodb_url: str, database_name: str) -> AsyncIterator[Database]:
    async with open_database(mongodb_url, database_name) as database:
        await Clinic().stored()
        yield database


async def everything(database: Database) -> dict[str, list[Row]]:
    return {document.__name__: await opened_rows(database.database, document) for document in roots()[:-1]}


async def rotated(database: Database) -> int:
    key_id = await database.keys.add_key(VALUES)
    await database.keys.promote(VALUES, key_id)
    return key_id


async def test_everything_reads_as_before_and_nothing_is_left_with_the_old_key(database: Database) -> None:
    before = await everything(database)
    old = database.keys.ring.primary_ids[VALUES]
    new = await rotated(database)
    assert (await key_use()).values[old] > 10
    told: list[tuple[str, int, int]] = []
    assert await reseal(database.keys.ring, lambda *step: told.append(step)) > 10
    use = await key_use()
    assert (use.values[old], use.plain) == (0, 0)
    assert use.values[new] > 10
    after = await everything(database)
    assert {**after, "StoredKeyRing": []} == {**before, "StoredKeyRing": []}
    assert ("patients", 4, 4) in told or any(name == "patients" and done == all_ for name, done, all_ in told)
    assert await reseal(database.keys.ring) == 0


async def test_other_processes_take_the_new_key_up(database: Database, mongodb_url: str, database_name: str) -> None:
    async with open_database(mongodb_url, database_name, build_indexes=False) as other:
        new = await rotated(database)
        assert other.keys.ring.primary_ids[VALUES] != new
        await other.keys.read_again()
        assert other.keys.ring.primary_ids[VALUES] == new
        assert key_ring() is other.keys.ring


async def test_who_writes_meanwhile_loses_nothing(database: Database) -> None:
    await rotated(database)
    alice = (await Patient.find({}).to_list())[0]

    async def write() -> None:
        for number in range(40):
            await Patient.find_one({"_id": alice.id}).update({"$set": {"name": PatientName(family=f"F{number}")}})

    async def encrypt_again() -> None:
        for _ in range(8):
            await reseal(database.keys.ring)

    await asyncio.gather(write(), encrypt_again())
    found = await Patient.get(alice.id)
    assert found is not None
    assert found.name.family == "F39"


async def test_what_was_stored_as_plain_text_is_encrypted(database: Database) -> None:
    rows = Patient.get_pymongo_collection()
    alice = (await Patient.find({}).to_list())[0]
    plain = {
        "mrn": alice.mrn + "",
        "name": {"family": "Old", "given": ["Times"]},
        "contacts": [{"system": "PHONE", "value": "1"}],
    }
    await rows.update_one({"_id": alice.id}, {"$set": plain}, bypass_document_validation=True)
    assert (await key_use()).plain == 3
    await reseal(database.keys.ring)
    assert (await key_use()).plain == 0
    found = await Patient.get(alice.id)
    assert found is not None
    assert (found.mrn, found.name.text, found.contacts[0].value) == (alice.mrn, "Times Old", "1")


async def test_a_value_that_was_moved_stops_it(database: Database) -> None:
    await rotated(database)
    alice, bob = (await Patient.find({}).to_list())[:2]
    row = await Patient.get_pymongo_collection().find_one({"_id": alice.id})
    assert row is not None
    await Patient.get_pymongo_collection().update_one({"_id": bob.id}, {"$set": {"extensions": row["name"]}})
    with pytest.raises(SecretFault, match=r"patients\.extensions"):
        await reseal(database.keys.ring)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, mongodb_url: str, database_name: str) -> None:
    monkeypatch.setenv("OHMS_MONGODB_URL", mongodb_url)
    monkeypatch.setenv("OHMS_DATABASE", database_name)


@pytest.mark.usefixtures("environment")
def test_the_command_rotates_and_tells(mongodb_url: str, database_name: str, tmp_path: object, capsys: Printed) -> None:
    async def fill() -> None:
        async with open_database(mongodb_url, database_name):
            await Clinic().stored()

    asyncio.run(fill())
    assert cli.run(["keys", "rotate", "--wait", "0"]) == 0
    assert "documents and 0 files encrypted again" in capsys.readouterr().out
    assert cli.run(["keys", "status", "--count"]) == 0
    told = capsys.readouterr().out
    lines = [line.split() for line in told.splitlines() if line.startswith("values ")]
    assert [line[-2] == "0" for line in lines] == [False, True], told
    assert "not encrypted" not in told
    assert cli.run(["keys", "reseal"]) == 0
    assert capsys.readouterr().out.startswith("0 documents")
    key = f"{tmp_path}/new.key"
    assert cli.run(["keys", "make-master-key", key]) == 0
    assert cli.run(["keys", "make-master-key", key]) == 1
    assert "never written over" in capsys.readouterr().err
    assert cli.run(["keys", "rewrap", "--to", f"file:{key}"]) == 0
    assert cli.run(["keys", "status"]) == 1
    assert "does not open the data keys" in capsys.readouterr().err
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OHMS_MASTER_KEY", f"file:{key}")
        assert cli.run(["keys", "status"]) == 0
        assert f"master key  file:{key}" in capsys.readouterr().out
    assert cli.run(["keys", "rewrap", "--to", "nonsense"]) == 1
