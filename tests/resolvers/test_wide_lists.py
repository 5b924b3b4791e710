"""Lists over a panel of hundreds: the rows that one find gives, in one command, none of them sorted before pages are cut."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.appointment import Appointment, AppointmentStatus
from models.base import StoredDocument
from models.confidentiality import Confidentiality
from models.coverage import Coverage
from models.record import LabReport, Observation, Record, RecordStatus
from models.role import Role
from models.values import CodeableConcept, Coding
from models.visit_type import VisitMode
from ohms_graphql.database import Database
from resolvers import rows
from resolvers.access import Access
from resolvers.appointments import AppointmentCriteria
from resolvers.pagination import Order, Page, PageRequest, keyset
from resolvers.policy import restrict
from resolvers.principal import Principal
from resolvers.queries import find_page
from resolvers.reading import Reading
from resolvers.records import RecordCriteria
from resolvers.rows import both
from resolvers.wide_lists import MOST_BRANCHES, MOST_SCANS, branches, union
from tests.clinic import NOON
from tests.sent_commands import count_commands

ME = "provider 0"
PATIENTS = [f"patient {number:04}" for number in range(600)]
_PROVIDER = Principal(account_id="me", roles=frozenset({Role.PROVIDER}), provider_id=ME)
_READING = Reading({"Appointment": frozenset({"status"}), "Record": frozenset({"status"})})
_PREGNANCY = CodeableConcept(text="Pregnancy", codings=[Coding(system="s", code="77386006")])
_COUGH = CodeableConcept(text="Cough", codings=[Coding(system="s", code="49727002")])


def _access(panel: list[str], *, glass: str | None = None, whole: bool = False) -> Access:
    access = Access(_PROVIDER, NOON)
    access._whole_panel = asyncio.get_running_loop().create_future()
    access._whole_panel.set_result(panel)
    access.reading = None if whole else _READING
    if glass is not None:
        access.glass_was_broken(glass, "grant")
    return access


async def _store_clinic() -> None:
    """Few times for many rows, so that the id has to decide, and some rows without a time."""
    if await Appointment.count():
        return
    chance = Random(0)
    visits, records = [], []
    for patient_id in PATIENTS * 2:
        at = chance.choice([None, *(NOON + timedelta(hours=hour) for hour in range(6))])
        provider_id = f"provider {chance.randrange(4)}"
        visits.append(
            Appointment(
                status=chance.choice([AppointmentStatus.BOOKED, AppointmentStatus.FULFILLED, AppointmentStatus.CANCELLED]),
                mode=chance.choice([VisitMode.VIDEO, VisitMode.IN_PERSON]),
                start=at,
                time_zone="UTC",
                patient_id=patient_id,
                provider_id=provider_id,
            )
        )
        kind: Any = chance.choice([LabReport, Observation])
        records.append(
            kind(
                code=chance.choice([_PREGNANCY, _COUGH]),
                status=chance.choice([RecordStatus.FINAL, RecordStatus.PRELIMINARY]),
                confidentiality=chance.choice(list(Confidentiality)),
                author_id=provider_id,
                effective_at=at,
                patient_id=patient_id,
            )
        )
    await Appointment.insert_many(visits)
    await Record.insert_many(records)


_visits = st.builds(
    AppointmentCriteria,
    status=st.sampled_from([None, [AppointmentStatus.BOOKED], [AppointmentStatus.BOOKED, AppointmentStatus.CANCELLED]]),
    mode=st.sampled_from([None, VisitMode.VIDEO]),
    provider=st.sampled_from([None, None, ME, "provider 1"]),
    from_=st.sampled_from([None, NOON + timedelta(hours=1)]),
)
_entries = st.builds(
    RecordCriteria,
    kinds=st.sampled_from([None, [LabReport], [LabReport, Observation]]),
    code=st.sampled_from([None, "77386006"]),
    status=st.sampled_from([None, [RecordStatus.FINAL], [RecordStatus.FINAL, RecordStatus.PRELIMINARY]]),
    author=st.sampled_from([None, ME]),
    to=st.sampled_from([None, NOON + timedelta(hours=4)]),
)
_results = st.builds(
    RecordCriteria, code=st.sampled_from([None, "77386006"]), status=st.sampled_from([None, [RecordStatus.FINAL]])
)
_lists = st.one_of(
    st.tuples(st.just(Appointment), _visits, st.just("start")),
    st.tuples(st.just(Record), _entries, st.just("effective_at")),
    st.tuples(st.just(Observation), _results, st.just("effective_at")),
)


async def _page(
    document: type[StoredDocument], access: Access, within: dict[str, Any], order: Order, request: PageRequest
) -> Page[Any]:
    with count_commands() as commands:
        page = await find_page(document, access, within, order, request)
    assert commands.total == 1
    return page


@dataclass(frozen=True)
class Case:
    """A list, the caller's panel, and a page of it behind ``deep`` rows."""

    listed: tuple[type[StoredDocument], Any, str]
    panel: list[str]
    glass: str | None
    whole: bool
    descending: bool
    backward: bool
    deep: int | None
    size: int


_cases = st.builds(
    Case,
    listed=_lists,
    panel=st.builds(lambda size, seed: Random(seed).sample(PATIENTS, size), st.sampled_from([199, 200, 201, 500]), st.integers()),
    glass=st.sampled_from([None, PATIENTS[0]]),
    whole=st.booleans(),
    descending=st.booleans(),
    backward=st.booleans(),
    deep=st.sampled_from([None, 1, 30, 400]),
    size=st.sampled_from([1, 2, 20, 100]),
)


@given(case=_cases)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
async def test_pages_are_those_of_one_find(database: Database, case: Case) -> None:
    await _store_clinic()
    document, criteria, field = case.listed
    order = Order(field, case.descending)
    access = _access(case.panel, glass=case.glass, whole=case.whole)
    cursor = None
    if case.deep is not None:
        behind = await find_page(document, access, criteria.filter(), order, PageRequest(case.deep))
        cursor = behind.cursor(behind.documents[-1]) if behind.documents else None
    request = PageRequest(case.size, backward=case.backward, cursor=cursor)
    page = await _page(document, access, criteria.filter(), order, request)
    with patch.object(rows, "branches", lambda _document, visible, _sort, _own: [visible]):
        expected = await _page(document, access, criteria.filter(), order, request)
    assert [vars(row) for row in page.documents] == [vars(row) for row in expected.documents]
    assert [type(row) for row in page.documents] == [type(row) for row in expected.documents]
    assert [page.cursor(row) for row in page.documents] == [expected.cursor(row) for row in expected.documents]
    assert (page.has_next, page.has_previous) == (expected.has_next, expected.has_previous)


@pytest.mark.parametrize(("size", "command"), [(200, "find"), (201, "aggregate")])
async def test_a_walk_comes_upon_each_row_once_in_one_command_a_page(database: Database, size: int, command: str) -> None:
    await _store_clinic()
    access, order = _access(PATIENTS[:size]), Order("effective_at", descending=True)
    walked: list[str] = []
    cursor: str | None = None
    while True:
        with count_commands() as commands:
            page = await find_page(Record, access, {}, order, PageRequest(37, cursor=cursor))
        assert commands.by_name == {command: 1}
        walked += [row.id for row in page.documents]
        if not page.has_next:
            break
        cursor = page.cursor(page.documents[-1])
    visible = await restrict(Record, access, {})
    expected = await Record.get_pymongo_collection().find(visible).sort([("effective_at", -1), ("_id", -1)]).to_list()
    assert walked == [row["_id"] for row in expected]
    assert await page.count() == len(walked)


def _stages(plan: Any) -> Iterator[str]:
    if isinstance(plan, dict) and "stage" in plan:
        yield plan["stage"]
    parts = plan.values() if isinstance(plan, dict) else plan if isinstance(plan, list) else ()
    for part in parts:
        yield from _stages(part)


@pytest.mark.parametrize(
    ("document", "within", "field"),
    [
        (Appointment, {}, "start"),
        (Appointment, {}, "created_at"),
        (Record, {}, "effective_at"),
        (Record, {}, "recorded_at"),
        (Record, {"_class_id": {"$in": ["Record.LabReport", "Record.Observation"]}}, "effective_at"),
        (Record, {"code.codings.code": "77386006"}, "effective_at"),
    ],
)
@pytest.mark.parametrize("deep", [False, True])
async def test_no_branch_sorts(
    database: Database, document: type[StoredDocument], within: dict[str, Any], field: str, deep: bool
) -> None:
    await _store_clinic()
    order = Order(field)
    visible = await restrict(document, _access(PATIENTS[:500], glass=PATIENTS[7]), within)
    parts = branches(document, both(visible, keyset(order, NOON, "0") if deep else {}), order.sort)
    assert 3 <= len(parts) <= 11
    collection = document.get_pymongo_collection()
    stages = union(collection.name, parts, order.sort, 51, [])
    command = {"aggregate": collection.name, "pipeline": stages, "cursor": {}}
    explained = await database.database.command("explain", command, verbosity="queryPlanner")
    plans = [stage["$cursor"] for stage in explained["stages"] if "$cursor" in stage]
    plans += [stage["$unionWith"]["pipeline"][0]["$cursor"] for stage in explained["stages"] if "$unionWith" in stage]
    assert len(plans) == len(parts)
    for plan in plans:
        stages_of_plan = set(_stages(plan["queryPlanner"]["winningPlan"]))
        assert not stages_of_plan & {"SORT", "COLLSCAN"}


_BY_TIME = Order("effective_at").sort


def _sizes(parts: list[dict[str, Any]]) -> list[int]:
    return [len(part["patient_id"]["$in"]) for part in parts]


async def test_values_are_divided_evenly_with_those_that_multiply_them(database: Database) -> None:
    panel = {"patient_id": {"$in": PATIENTS[:450]}}
    parts = branches(Record, panel, _BY_TIME)
    assert _sizes(parts) == [150, 150, 150]
    assert sorted(name for part in parts for name in part["patient_id"]["$in"]) == PATIENTS[:450]
    two_kinds = {"_class_id": {"$in": ["Record.LabReport", "Record.Observation"]}}
    assert _sizes(branches(Record, {**panel, **two_kinds}, _BY_TIME)) == [90] * 5
    # 150 patients are few, but not with two kinds each
    assert _sizes(branches(Record, {**two_kinds, "patient_id": {"$in": PATIENTS[:150]}}, _BY_TIME)) == [75, 75]
    # an index without the kinds gives the order, too, and needs fewer scans than one with twelve of them
    many_kinds = {"_class_id": {"$in": [f"Record.{number}" for number in range(12)]}}
    assert _sizes(branches(Record, {**panel, **many_kinds}, _BY_TIME)) == [150, 150, 150]
    # statuses stand in no index with the patient
    assert _sizes(branches(Record, {**panel, "status": {"$in": ["FINAL", "AMENDED"]}}, _BY_TIME)) == [150, 150, 150]


async def test_alternatives_come_apart_and_what_surrounds_them_stays(database: Database) -> None:
    mine, panel = {"provider_id": ME}, {"patient_id": {"$in": PATIENTS[:272]}}
    visible = {"$and": [{"mode": "VIDEO"}, {"$or": [mine, panel]}], "start": {"$gte": NOON}}
    parts = branches(Appointment, visible, Order("start").sort)
    assert [part["$and"][1]["$or"] for part in parts] == [
        [mine],
        [{"patient_id": {"$in": PATIENTS[0:272:2]}}],
        [{"patient_id": {"$in": PATIENTS[1:272:2]}}],
    ]
    for part in parts:
        assert (part["$and"][0], part["start"]) == ({"mode": "VIDEO"}, {"$gte": NOON})
    assert visible["$and"] == [{"mode": "VIDEO"}, {"$or": [mine, panel]}]  # nobody else's filter is changed


async def test_what_gains_nothing_stays_one_find(database: Database) -> None:
    panel = {"patient_id": {"$in": PATIENTS}}
    too_many = {"patient_id": {"$in": [str(number) for number in range(MOST_SCANS * MOST_BRANCHES + 1)]}}
    after_nothing = both({"patient_id": {"$in": PATIENTS[:150]}}, keyset(Order("effective_at"), None, "0"))
    for document, visible, field in (
        (Record, {}, "effective_at"),
        (Record, {"patient_id": PATIENTS[0]}, "effective_at"),
        (Record, {"patient_id": {"$in": PATIENTS[:MOST_SCANS]}}, "effective_at"),
        (Record, {"patient_id": {"$nin": PATIENTS}}, "effective_at"),
        (Record, {"_id": {"$in": PATIENTS}}, "effective_at"),
        (Record, {"author_id": ME, "$or": [{"confidentiality": "NORMAL"}, {"status": "FINAL"}]}, "effective_at"),
        (Record, after_nothing, "effective_at"),
        (Record, too_many, "effective_at"),
        (Appointment, {"$or": [panel, {"mode_is": "unknown"}]}, "start"),
        (Coverage, panel, "updated_at"),  # no index by patient has this order
    ):
        assert branches(document, visible, Order(field).sort) == [visible]
    assert (
        len(branches(Appointment, {"$or": [{"provider_id": ME}, {"patient_id": {"$in": PATIENTS[:200]}}]}, Order("start").sort))
        == 2
    )
    wrote = {**panel, "author_id": ME}
    assert branches(Record, wrote, _BY_TIME, ME) == [wrote]
    assert len(branches(Record, wrote, _BY_TIME, "somebody else")) == 3
