"""Loading the demo: once, whole, together, and never over somebody's clinic."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from models.account import Account
from models.appointment import Appointment
from models.base import StoredDocument
from models.patient import Mrn, Patient, PatientLanguage
from models.provider import Provider
from models.record import Record
from models.role import Role
from models.values import HumanName
from ohms_graphql.database import Database, open_database
from ohms_graphql.demo import load
from ohms_graphql.demo.load import load_demo
from ohms_graphql.errors import OhmsError
from tests.ohms_graphql.demo.conftest import ANCHORS
from tests.ohms_graphql.demo.documents import Documents

ANCHOR = ANCHORS[0]
ASKED: list[datetime] = []


@pytest.fixture
def small(march: Documents, monkeypatch: pytest.MonkeyPatch) -> list[StoredDocument]:
    """A tenth of the demo, so that each test takes a moment. The anchors that were asked for are in ASKED."""
    ASKED.clear()
    people = [*march.of(Provider), *march.of(Patient), *march.of(Account)]
    some = [*people, *march.of(Appointment)[:900], *march.of(Record)[:1200]]

    def made(anchor: datetime) -> list[StoredDocument]:
        ASKED.append(anchor)
        return some

    monkeypatch.setattr(load, "demo_clinic", made)
    return some


@pytest.fixture
async def database(small: list[StoredDocument], mongodb_url: str, database_name: str) -> AsyncIterator[Database]:
    async with open_database(mongodb_url, database_name) as database:
        yield database


def _silent(_done: int, _all: int) -> None:
    pass


async def test_it_is_loaded_once_and_then_left_alone(database: Database, small: list[StoredDocument]) -> None:
    steps: list[tuple[int, int]] = []
    first = await load_demo(database, ANCHOR, lambda done, all_: steps.append((done, all_)))
    assert first.written.total() == len(small)
    assert steps[-1] == (len(small), len(small))
    assert await Patient.count() == first.written["Patient"] == 200
    await Patient.find({"mrn": Mrn.lookup("D0000004")}).update({"$set": {"preferred_language": PatientLanguage("tlh")}})
    again = await load_demo(database, ANCHOR + timedelta(days=1), _silent)
    assert not again.written
    changed = await Patient.find_one({"mrn": Mrn.lookup("D0000004")})
    assert changed is not None
    assert changed.preferred_language == "tlh"
    assert len(ASKED) == 1


async def test_what_is_stored_reads_as_what_was_made(database: Database, small: list[StoredDocument]) -> None:
    await load_demo(database, ANCHOR, _silent)
    made = {document.id: document for document in small if isinstance(document, Record)}
    read = await Record.find({}, with_children=True).to_list()
    assert len(read) == len(made)
    for record in read:
        assert type(record) is type(made[record.id])
        assert record.model_dump(exclude={"_class_id"}) == made[record.id].model_dump()


async def test_a_clinic_that_is_there_is_left_alone_unless_forced(database: Database) -> None:
    await Patient(mrn="REAL", name=HumanName(family="Real")).insert()
    await Account(email="staff@ohms.example", roles=[Role.STAFF]).insert()
    with pytest.raises(OhmsError, match="holds a clinic already"):
        await load_demo(database, ANCHOR, _silent)
    assert await Patient.count() == 1
    forced = await load_demo(database, ANCHOR, _silent, force=True)
    assert await Patient.count() == 201
    assert forced.left_out == {"Account": 1}, "the address is somebody's"


async def test_several_at_once_load_one_clinic_together(database: Database, small: list[StoredDocument]) -> None:
    days = [ANCHOR, ANCHOR + timedelta(days=1), ANCHOR]
    summaries = await asyncio.gather(*(load_demo(database, day, _silent) for day in days))
    assert sum(summary.written.total() for summary in summaries) == len(small)
    assert not any(summary.left_out for summary in summaries)
    assert len(set(ASKED)) == 1, "whoever is first says which day it is"


async def test_a_load_that_was_broken_off_goes_on_on_another_day_with_the_same_clinic(
    database: Database, small: list[StoredDocument]
) -> None:
    def stop(_done: int, _all: int) -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await load_demo(database, ANCHOR, stop)
    assert await Provider.count() == 12
    rest = await load_demo(database, ANCHOR + timedelta(days=3), _silent)
    assert set(ASKED) == {ANCHOR}
    assert 0 < rest.written.total() < len(small)
    assert await Appointment.count() == 900
    assert await Record.find({}, with_children=True).count() == 1200
    assert not (await load_demo(database, ANCHOR, _silent)).written


async def test_after_everything_was_removed_it_can_be_loaded_again(database: Database, small: list[StoredDocument]) -> None:
    await load_demo(database, ANCHOR, _silent)
    for kind in (Provider, Patient, Account, Appointment, Record):
        await kind.get_pymongo_collection().delete_many({})
    again = await load_demo(database, ANCHOR + timedelta(days=1), _silent)
    assert again.written.total() == len(small)
    assert len(ASKED) == 2
