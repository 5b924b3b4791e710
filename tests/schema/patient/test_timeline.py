"""Patient.timeline: visits, entries and releases in one order, each row once, and only what the caller may see."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.appointment import Appointment, AppointmentStatus
from models.patient import CareTeamMember, Patient
from models.record import ClinicalNote, Confidentiality, Record, Release
from models.values import CodeableConcept, HumanName
from tests.clinic import NOON
from tests.graph import Graph, gid

PAGE = """query (
    $id: ID!, $first: Int, $after: String, $last: Int, $before: String, $where: TimelineWhere, $order: TimelineOrder
  ) {
  patient(id: $id) { timeline(first: $first, after: $after, last: $last, before: $before, where: $where, orderBy: $order) {
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } nodes { at kind appointment { id } record { id } } } } }"""
PANEL = """query ($first: Int!) { patients(first: $first) { nodes { id
  timeline(first: 3) { totalCount nodes { at kind appointment { status } } } } } }"""

_numbers = count(1)
Row = tuple[datetime, int, str]


def _key(node: dict[str, Any]) -> tuple[str, str, str]:
    return node["at"], node["kind"], (node["appointment"] or node["record"])["id"]


async def _patient(graph: Graph) -> Patient:
    house = graph.clinic.house.id
    number = next(_numbers)
    patient = Patient(
        mrn=f"T{number:06d}",
        name=HumanName(family="Time", given=["Line"]),
        care_team=[CareTeamMember(provider_id=house)],
        treated_by=[house],
    )
    await patient.insert()
    return patient


def _rows(graph: Graph, patient: Patient, kinds: list[tuple[str, int]]) -> tuple[list[Any], list[tuple[datetime, str, str]]]:
    """Documents, and what a timeline says of them. Minutes repeat, so that kind and id have to decide."""
    documents: list[Any] = []
    expected = []
    for kind, minute in kinds:
        at = NOON + timedelta(minutes=minute)
        if kind == "visit":
            documents.append(
                Appointment(
                    status=AppointmentStatus.BOOKED,
                    start=at,
                    end=at + timedelta(minutes=5),
                    time_zone="UTC",
                    patient_id=patient.id,
                    provider_id=graph.clinic.house.id,
                )
            )
            expected.append((at, "APPOINTMENT", gid(documents[-1])))
            continue
        release = Release(at=at + timedelta(minutes=1)) if kind == "released" else Release()
        when = {"effective_at": None, "recorded_at": at} if kind == "undated" else {"effective_at": at, "recorded_at": NOON}
        note = ClinicalNote(code=CodeableConcept(text="Note"), text="x", patient_id=patient.id, release=release, **when)
        documents.append(note)
        expected.append((at, "RECORD", gid(note)))
        if kind == "released":
            expected.append((at + timedelta(minutes=1), "RELEASE", gid(note)))
    return documents, expected


_KINDS = st.lists(
    st.tuples(st.sampled_from(["visit", "dated", "undated", "released"]), st.integers(min_value=0, max_value=2)), max_size=12
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(kinds=_KINDS, size=st.integers(min_value=1, max_value=5), descending=st.booleans(), backward=st.booleans())
async def test_pages_hold_every_row_once_and_in_order(
    graph: Graph, kinds: list[tuple[str, int]], size: int, descending: bool, backward: bool
) -> None:
    patient = await _patient(graph)
    documents, expected = _rows(graph, patient, kinds)
    for document in documents:
        await document.insert()
    walked: list[tuple[str, str, str]] = []
    given: dict[str, Any] = {"id": gid(patient), "order": {"direction": "DESC" if descending else "ASC"}}
    cursor = None
    while True:
        where_to = {"last": size, "before": cursor} if backward else {"first": size, "after": cursor}
        page = (await graph.data("house", PAGE, **given, **where_to))["patient"]["timeline"]
        nodes, info = [_key(node) for node in page["nodes"]], page["pageInfo"]
        assert len(nodes) <= size
        walked = nodes + walked if backward else walked + nodes
        if not info["hasPreviousPage" if backward else "hasNextPage"]:
            break
        cursor = info["startCursor" if backward else "endCursor"]
    ids = {document.id: gid(document) for document in documents}
    by_stored_id = {shown: stored for stored, shown in ids.items()}
    ordered = sorted(
        ((at.isoformat().replace("+00:00", "Z"), kind, shown) for at, kind, shown in expected),
        key=lambda row: (row[0], row[1], by_stored_id[row[2]]),
        reverse=descending,
    )
    assert walked == ordered


async def test_kinds_and_bounds(graph: Graph) -> None:
    patient = await _patient(graph)
    documents, _ = _rows(graph, patient, [("visit", 0), ("dated", 1), ("undated", 2), ("released", 3)])
    for document in documents:
        await document.insert()

    async def kinds(**where: Any) -> list[str]:
        data = await graph.data("house", PAGE, id=gid(patient), where=where, order={"direction": "ASC"})
        return [node["kind"] for node in data["patient"]["timeline"]["nodes"]]

    assert await kinds() == ["APPOINTMENT", "RECORD", "RECORD", "RECORD", "RELEASE"]
    assert await kinds(kinds=["APPOINTMENT", "RELEASE"]) == ["APPOINTMENT", "RELEASE"]
    assert await kinds(kinds=[]) == []
    minute = timedelta(minutes=1)
    bounds = {"from": (NOON + minute).isoformat(), "to": (NOON + 3 * minute).isoformat()}
    assert await kinds(**bounds) == ["RECORD", "RECORD"]
    wrong = await graph.ask("house", PAGE, id=gid(patient), where={"from": bounds["to"], "to": bounds["from"]})
    assert [error.original_error.details["path"] for error in wrong.errors] == [["where", "from"]]
    for cursor in ("x", "", "W10", "WyJ0aW1lbGluZSIsMSwyLDNd"):
        refused = await graph.ask("house", PAGE, id=gid(patient), after=cursor)
        assert [error.original_error.details["path"] for error in refused.errors] == [["after"]]


async def test_each_sees_what_its_rows_let_them(graph: Graph) -> None:
    clinic = graph.clinic
    released = {"release.at": datetime(2026, 3, 1, tzinfo=UTC)}
    ids = [clinic.note.id, clinic.restricted_note.id, clinic.secret_note.id]
    await Record.get_pymongo_collection().update_many({"_id": {"$in": ids}}, {"$set": released})
    of_child = [clinic.childs_restricted_note.id, clinic.childs_condition.id]
    await Record.get_pymongo_collection().update_many({"_id": {"$in": of_child}}, {"$set": released})

    async def seen(caller: str, patient: Any, *kinds: str) -> set[str]:
        only = PAGE if caller != "staff" else PAGE.replace("record { id }", "")
        data = await graph.data(caller, only, id=gid(patient), first=100, where={"kinds": list(kinds)} if kinds else None)
        nodes = data["patient"]["timeline"]["nodes"] if data["patient"] else []
        return {(node["appointment"] or node.get("record") or {"id": "?"})["id"] for node in nodes}

    assert await seen("alice", clinic.alice, "RELEASE") == {gid(clinic.note), gid(clinic.restricted_note)}
    assert await seen("house", clinic.alice, "RELEASE") == {*map(gid, (clinic.note, clinic.restricted_note, clinic.secret_note))}
    assert await seen("parent", clinic.child, "RELEASE") == {gid(clinic.childs_condition)}
    assert gid(clinic.held_report) not in await seen("alice", clinic.alice)
    assert gid(clinic.held_report) in await seen("house", clinic.alice)
    assert gid(clinic.wrong_condition) not in await seen("alice", clinic.alice)
    assert await seen("staff", clinic.alice) == {gid(clinic.visit), gid(clinic.coming)}
    for caller in ("bob", "stranger"):
        assert await seen(caller, clinic.alice) == set()
    refused = await graph.ask("analyst", "{ patients { nodes { timeline { totalCount } } } }")
    assert refused.codes == ["FORBIDDEN"]
    assert Confidentiality.RESTRICTED is clinic.restricted_note.confidentiality


async def test_any_number_of_patients_takes_the_same_commands(graph: Graph) -> None:
    for _ in range(12):
        patient = await _patient(graph)
        documents, _expected = _rows(graph, patient, [("visit", 0), ("released", 1), ("undated", 2)])
        for document in documents:
            await document.insert()
    counts = {}
    for first in (1, 5, 12):
        answer = await graph.ask("house", PANEL, first=first)
        assert answer.errors == []
        assert len(answer.data["patients"]["nodes"]) == first
        counts[first] = answer.commands
    assert len(set(counts.values())) == 1, counts
    assert counts[1] <= 10
    told = [patient["timeline"] for patient in answer.data["patients"]["nodes"] if patient["id"] != gid(graph.clinic.alice)]
    assert {(one["totalCount"], len(one["nodes"])) for one in told} == {(4, 3)}
