"""Queries read of each row what the operation needs, and what they need themselves."""

import pytest

from models.appointment import Appointment
from models.patient import Patient
from models.record import ClinicalNote, Condition, Record
from models.stored_row import NotRead
from resolvers.access import Access
from resolvers.loaders import Loaders
from resolvers.pagination import Order, PageRequest
from resolvers.principal import principal_of
from resolvers.queries import find_page, find_visible, find_whole
from resolvers.reading import Reading
from tests.clinic import NOON, Clinic
from tests.mock_database import bind_to_mock

_READING = Reading({"Appointment": frozenset({"status"}), "Patient": frozenset(), "Record": frozenset({"clinical_status"})})
_BY_START = Order("start")


@pytest.fixture
async def clinic() -> Clinic:
    await bind_to_mock()
    return await Clinic().stored()


def _access(clinic: Clinic, caller: str) -> Access:
    access = Access(principal_of(clinic.accounts[caller]), NOON)
    access.reading = _READING
    return access


def _read(document: object) -> set[str]:
    return set(vars(document))


async def test_a_page_has_what_is_shown_and_what_cursors_and_the_trail_need(clinic: Clinic) -> None:
    access = _access(clinic, "staff")
    page = await find_page(Appointment, access, {}, _BY_START, PageRequest(size=1))
    (row,) = page.documents
    assert _read(row) == {"id", "patient_id", "start", "status"}
    assert access.trail.seen == list(page.documents)
    following = PageRequest(size=5, cursor=page.cursor(row))
    rest = await find_page(Appointment, access, {}, _BY_START, following)
    assert row.id not in {other.id for other in rest.documents}


async def test_what_is_worked_out_of_rows_is_worked_out_of_whole_ones(clinic: Clinic) -> None:
    access = _access(clinic, "staff")
    whole = await find_whole(Patient, access, clinic.alice.id)
    assert whole is not None
    assert whole.model_dump() == (await find_visible(Patient, access, {"_id": clinic.alice.id}, ()))[0].model_dump()
    assert await find_whole(Patient, access, "nobody") is None
    assert access.trail.missed == [(Patient, ["nobody"])]


async def test_loaders_read_in_part_whatever_kind_it_is(clinic: Clinic) -> None:
    access = _access(clinic, "house")
    loaders = Loaders(access, "USD")
    patient = await loaders.patients.load(clinic.alice.id)
    assert _read(patient) == {"id"}
    with pytest.raises(NotRead):
        _ = patient and patient.mrn
    conditions = await loaders.records_of_patient(Condition, {}).load(clinic.alice.id)
    assert conditions
    assert all(_read(condition) == {"id", "patient_id", "clinical_status"} for condition in conditions)
    assert all(isinstance(condition, Condition) for condition in conditions)


async def test_kinds_of_one_collection_come_apart(clinic: Clinic) -> None:
    access = _access(clinic, "house")
    every = await find_visible(Record, access, {}, (), frozenset({"version"}))
    notes = await find_visible(ClinicalNote, access, {}, (), frozenset())
    assert {note.id for note in notes} == {row.id for row in every if isinstance(row, ClinicalNote)}
    assert len({type(row) for row in every}) > 1
    assert all(row.version for row in every)


async def test_analysts_copies_are_made_of_whole_documents(clinic: Clinic) -> None:
    access = _access(clinic, "analyst")
    for appointment in await find_visible(Appointment, access, {}, (), frozenset()):
        assert appointment.provider_id


async def test_what_the_operation_says_nothing_of_is_read_whole(clinic: Clinic) -> None:
    access = _access(clinic, "staff")
    access.reading = Reading({})
    page = await find_page(Appointment, access, {}, _BY_START, PageRequest(size=1))
    assert page.documents[0].time_zone
