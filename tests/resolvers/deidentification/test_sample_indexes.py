"""The analysts' order comes from an index, by itself and under a parent; rows without a place get one at the start."""

from collections.abc import AsyncIterator

import pytest

from models.appointment import Appointment
from models.coverage import Coverage
from models.invoice import Invoice
from models.patient import Mrn, Patient
from models.record import Record
from models.sampled import SampledDocument
from models.values import HumanName
from ohms_graphql.database import Database, open_database
from resolvers.deidentification.references import SAMPLED

PARENTS: list[tuple[type[SampledDocument], str]] = [
    (Appointment, "patient_id"),
    (Appointment, "provider_id"),
    (Invoice, "patient_id"),
    (Record, "patient_id"),
    (Record, "appointment_id"),
]


@pytest.fixture
async def database(mongodb_url: str, database_name: str) -> AsyncIterator[Database]:
    async with open_database(mongodb_url, database_name) as database:
        yield database


@pytest.mark.parametrize("document", [Appointment, Coverage, Invoice, Patient, Record], ids=lambda d: d.__name__)
async def test_the_order_needs_no_sorting(database: Database, document: type[SampledDocument]) -> None:
    plan = await document.get_pymongo_collection().find({}).sort([("sample_key", 1), ("_id", 1)]).explain()
    winning = str(plan["queryPlanner"]["winningPlan"])
    assert "COLLSCAN" not in winning
    assert "'SORT'" not in winning


@pytest.mark.parametrize(("document", "field"), PARENTS, ids=lambda value: getattr(value, "__name__", value))
async def test_nor_under_a_parent(database: Database, document: type[SampledDocument], field: str) -> None:
    plan = await document.get_pymongo_collection().find({field: "P"}).sort([("sample_key", 1), ("_id", 1)]).explain()
    winning = str(plan["queryPlanner"]["winningPlan"])
    assert "COLLSCAN" not in winning
    assert "'SORT'" not in winning


async def test_rows_stored_before_there_was_an_order_get_a_place_of_their_own(
    mongodb_url: str, database_name: str, database: Database
) -> None:
    patients = [Patient(mrn=f"M{number}", name=HumanName(family="Old")) for number in range(30)]
    await Patient.insert_many(patients)
    rows = Patient.get_pymongo_collection()
    await rows.update_many({"mrn": {"$ne": Mrn.lookup("M0")}}, {"$unset": {"sample_key": ""}})
    async with open_database(mongodb_url, database_name):
        keys = {row["_id"]: row["sample_key"] async for row in Patient.get_pymongo_collection().find({})}
    assert len(set(keys.values())) == 30
    assert keys[patients[0].id] == patients[0].sample_key
    assert all(0 <= float(key) < 1 for key in keys.values())


def test_all_that_is_sampled_has_a_place() -> None:
    assert all(issubclass(document, SampledDocument) for document in SAMPLED)
