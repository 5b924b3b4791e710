"""The large clinic holds what it must: read back through the real models, whole, and nobody in two places at once."""

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from pymongo import MongoClient

from models.account import Account
from models.appointment import HOLDS_TIME, Appointment, AppointmentStatus, ScheduleEvent, ScheduleFeed
from models.busy_day import BusyDay, busy_day_id, utc_days
from models.coverage import Coverage
from models.patient import Mrn, Patient
from models.provider import Provider
from models.record import Record
from models.search_words import SearchTokens
from models.secret_fields import collection_rule
from models.visit_type import VisitType
from ohms_graphql.database import Database, open_database
from ohms_graphql.demo.hours import sessions
from ohms_graphql.demo.scale.load import load_scale
from ohms_graphql.demo.scale.size import Size
from ohms_graphql.errors import OhmsError
from ohms_graphql.keys.plaintext_guard import roots
from ohms_graphql.settings import load_settings
from tests.ohms_graphql.demo.scale.conftest import ANCHOR, SIZE, Loaded

DEMO_PATIENTS = 200


def silent(_what: str, _done: int, _all: int) -> None:
    pass


async def scale_visits() -> list[Appointment]:
    doctors = [provider.id for provider in await scale_providers()]
    return await Appointment.find({"provider_id": {"$in": doctors}}).to_list()


async def scale_providers() -> list[Provider]:
    return await Provider.find({"npi": {"$regex": "^29"}}).to_list()


def test_it_is_as_large_as_it_says(loaded: Loaded) -> None:
    written = loaded.summary.written
    numbers = {"Provider": 5, "Account": 5, "Patient": 1000, "Coverage": 1000, "Appointment": 10_000, "Record": 30_000}
    assert {name: written[name] for name in numbers} == numbers
    assert abs(written.total() - SIZE.about) < SIZE.about / 50
    assert loaded.told["Building indexes"] == (1, 1)
    assert loaded.told["Loading the large clinic"][0] <= SIZE.about
    whole = Size.of(1)
    assert (whole.patients, whole.appointments, whole.records) == (100_000, 1_000_000, 3_000_000)


async def test_every_document_is_one_of_todays_models_and_leads_to_others_that_are_there(database: Database) -> None:
    providers = {one.id: one async for one in Provider.find({})}
    patients = {one.id: one async for one in Patient.find({})}
    visits = {one.id: one async for one in Appointment.find({})}
    kinds = {one.id async for one in VisitType.find({})}
    assert len(patients) == DEMO_PATIENTS + SIZE.patients
    treated = defaultdict(set)
    for visit in visits.values():
        assert not visit.unknown_fields
        assert {visit.patient_id} <= patients.keys()
        assert {visit.provider_id} <= providers.keys()
        assert {visit.visit_type_id} <= kinds
        assert visit.reason
        treated[visit.patient_id].add(visit.provider_id)
    for patient in patients.values():
        assert not patient.unknown_fields
        assert set(patient.treated_by) == treated[patient.id]
        assert {member.provider_id for member in patient.care_team} <= providers.keys()
    assert any(len(patient.treated_by) > 1 for patient in patients.values() if patient.mrn.startswith("S"))
    reports = set()
    pointed_to = set()
    kinds_of_record: Counter[str] = Counter()
    async for record in Record.find({}, with_children=True):
        assert not record.unknown_fields
        assert record.patient_id in patients
        assert record.author_id in providers
        if record.appointment_id is not None:
            assert visits[record.appointment_id].patient_id == record.patient_id
        assert record.recorded_at <= ANCHOR
        kinds_of_record[type(record).__name__] += 1
        reports |= {record.id} if type(record).__name__ == "LabReport" else set()
        pointed_to |= {getattr(record, "lab_report_id", None)} - {None}
    assert pointed_to <= reports
    assert min(kinds_of_record[name] for name in ("ClinicalNote", "Observation", "LabReport", "Condition", "Medication")) > 200
    async for coverage in Coverage.find({}):
        assert coverage.patient_id in patients
        assert coverage.member_id
    async for account in Account.find({"email": {"$exists": True}}):
        assert account.provider_id is None or account.provider_id in providers


async def test_nobody_is_in_two_places_at_once_and_everybody_comes_within_opening_hours(database: Database) -> None:
    doctors = {one.id: one for one in await scale_providers()}
    taken = defaultdict(list)
    for visit in await scale_visits():
        assert visit.start
        assert visit.end
        day = visit.start.date()
        near = [session for around in (-1, 0) for session in sessions(doctors[visit.provider_id], day + timedelta(around))]
        assert any(session.start <= visit.start and visit.end <= session.end for session in near)
        if visit.status in HOLDS_TIME:
            assert visit.busy_start
            assert visit.busy_end
            taken[visit.provider_id].append((visit.busy_start, visit.busy_end))
            taken[visit.patient_id].append((visit.start, visit.end))
    for periods in taken.values():
        assert all(one[1] <= other[0] for one, other in pairwise(sorted(periods)))


async def test_the_guard_of_double_booking_knows_every_visit_that_holds_time(database: Database) -> None:
    days = {one.id: one async for one in BusyDay.find({})}
    expected: Counter[str] = Counter()
    for visit in await scale_visits():
        if visit.status not in HOLDS_TIME or visit.start is None or visit.end is None:
            continue
        for owner, start, end in (
            (visit.provider_id, visit.busy_start, visit.busy_end),
            (visit.patient_id, visit.start, visit.end),
        ):
            assert start
            assert end
            for day in utc_days(start, end):
                busy = days[busy_day_id(owner, day)]
                assert (busy.owner_id, busy.day) == (owner, day)
                assert (start, end, visit.id) in [(one.start, one.end, one.appointment_id) for one in busy.periods]
                expected[busy.id] += 1
    assert {day: len(days[day].periods) for day in expected} == expected


async def test_what_was_told_of_visits_to_come_has_no_gaps(database: Database) -> None:
    for doctor in await scale_providers():
        events = await ScheduleEvent.find({"provider_id": doctor.id}).sort("sequence").to_list()
        feed = await ScheduleFeed.get(doctor.id)
        assert feed is not None
        assert [event.sequence for event in events] == list(range(1, feed.sequence + 1))
        assert [event.at for event in events] == sorted(event.at for event in events)
        assert all(event.at <= ANCHOR for event in events)


async def test_it_is_distributed_as_in_life(database: Database) -> None:
    visits = await scale_visits()
    per_patient = Counter(visit.patient_id for visit in visits)
    most = max(per_patient.values())
    assert 30 < most < 120
    assert len(per_patient) > 0.98 * SIZE.patients
    statuses = Counter(visit.status for visit in visits)
    assert statuses[AppointmentStatus.FULFILLED] > 0.7 * len(visits)
    assert min(statuses[status] for status in (AppointmentStatus.BOOKED, AppointmentStatus.CANCELLED)) > 100
    assert all(visit.created_at < min(visit.start or ANCHOR, ANCHOR) for visit in visits)


async def test_patients_are_found_by_number_and_by_name(database: Database) -> None:
    (found,) = await Patient.find({"mrn": Mrn.lookup("S00000007")}).to_list()
    begins = found.name.family[:4].casefold()
    if begins.isascii():
        assert found.id in [one.id async for one in Patient.find({"search_tokens": SearchTokens.beginning(begins)})]
    assert await Patient.find({"match_tokens": {"$in": found.match_tokens.tokens}}).exists()


async def test_all_rules_and_indexes_stand_as_they_do_in_a_fresh_database(database: Database) -> None:
    """A row that breaks a rule would be found by the rule itself."""
    for document in roots():
        collection = document.get_pymongo_collection()
        declared = {index.document["name"] for index in getattr(document.Settings, "indexes", [])}
        assert declared <= (await collection.index_information()).keys(), document.__name__
        rule = collection_rule(document)
        if rule is not None:
            assert await collection.count_documents({"$nor": [{"$jsonSchema": rule}]}) == 0, document.__name__


async def test_a_second_time_nothing_is_changed_and_another_size_is_refused(loaded: Loaded, database: Database) -> None:
    again = await load_scale(database, loaded.settings, SIZE, ANCHOR, silent)
    assert not again.written
    with pytest.raises(OhmsError, match=r"holds a clinic of --scale 0\.01: --scale 0\.02 needs another database"):
        await load_scale(database, loaded.settings, Size.of(0.02), ANCHOR, silent)


async def test_a_load_that_was_broken_off_is_gone_on_with(loaded: Loaded, database: Database) -> None:
    before = await Record.get_pymongo_collection().count_documents({})
    marks = database.database["demo"]
    # As if it had ended in the middle of the second practice.
    await marks.update_one({"_id": "scale"}, {"$set": {"finished_at": None, "practices": [0]}})
    last = max(await scale_providers(), key=lambda provider: provider.npi).id
    gone = await Record.get_pymongo_collection().delete_many({"author_id": last})
    tomorrow = datetime(2026, 3, 19, tzinfo=UTC)
    again = await load_scale(database, loaded.settings, SIZE, tomorrow, silent)
    assert again.written == {"Record": gone.deleted_count}
    assert await Record.get_pymongo_collection().count_documents({}) == before
    mark = await marks.find_one({"_id": "scale"})
    assert mark
    assert mark["finished_at"]
    assert mark["anchor"] == ANCHOR


async def test_somebodys_clinic_is_refused(mongodb_url: str, database_name: str) -> None:
    settings = load_settings({"OHMS_MONGODB_URL": mongodb_url, "OHMS_DATABASE": database_name})
    with MongoClient[dict[str, Any]](mongodb_url) as client:
        async with open_database(mongodb_url, database_name) as database:
            client[database_name]["patients"].insert_one({"_id": "1", "mrn": b"1"})
            with pytest.raises(OhmsError, match="holds a clinic already"):
                await load_scale(database, settings, SIZE, ANCHOR, silent)
            assert client[database_name]["demo"].count_documents({}) == 0


@pytest.mark.parametrize("factor", [0.0, 0.001, -1.0, 11.0, float("nan"), float("inf")])
def test_a_size_that_is_none_is_refused_with_its_limits(factor: float) -> None:
    with pytest.raises(OhmsError, match=r"--scale is .*; it must be from 0\.002 \(one provider\) to 10\."):
        Size.of(factor)
