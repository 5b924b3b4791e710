"""What one operation saw of several patients is stored as one, and read patient by patient."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest

from models.audit_event import MOST_PARTS, AuditedPart, AuditEvent
from models.patient import Patient
from models.patient_merge import PatientMerge
from models.values import HumanName
from resolvers.audit_parts import about
from schema.node import global_id
from tests.clinic import NOON
from tests.graph import Graph, gid

ALL = "{ patients(first: 50) { nodes { mrn } } }"
ONE = "query ($id: ID!) { patient(id: $id) { mrn } }"
PAGE = """query ($first: Int, $after: String, $last: Int, $before: String, $where: AuditEventWhere, $orderBy: AuditEventOrder) {
  auditEvents(first: $first, after: $after, last: $last, before: $before, where: $where, orderBy: $orderBy) {
    totalCount nodes { id patientId sequence subjects } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  } }"""
LOG = """query ($first: Int, $after: String) { viewer { patient { accessLog(first: $first, after: $after) {
  totalCount nodes { id patientId subjects } pageInfo { hasNextPage endCursor } } } } }"""
NODE = "query ($id: ID!) { node(id: $id) { id ... on AuditEvent { patientId subjects } } }"
UNTIL_NOW = {"to": "2026-03-02T12:00:01Z"}


@pytest.fixture
async def looked(graph: Graph) -> Graph:
    """Lists of all patients and looks at single ones, some at the same instant; what is asked from now on is later."""
    c = graph.clinic
    await Patient.insert_many([Patient(mrn=f"C{number:04d}", name=HumanName(family=f"F{number}")) for number in range(20)])
    clock: Any = graph.ports.clock
    for minute in (3, 2, 1, 1, 0):
        clock.instant = NOON - timedelta(minutes=minute)
        await graph.data("staff", ALL)
        await graph.data("house", ONE, id=gid(c.alice))
        await graph.ask("staff", "{ patients { nodes { conditions { id } } } }")
    clock.instant = NOON + timedelta(hours=1)
    return graph


def _cursor(part: str) -> str:
    """At noon."""
    return base64.urlsafe_b64encode(json.dumps(["at", "t", NOON.isoformat(), part]).encode()).decode().rstrip("=")


async def _walked(graph: Graph, size: int, *, backward: bool = False, **given: Any) -> list[dict[str, Any]]:
    """All nodes, page by page."""
    nodes: list[dict[str, Any]] = []
    cursor = None
    while True:
        asked = {"last": size, "before": cursor} if backward else {"first": size, "after": cursor}
        page = (await graph.data("admin", PAGE, **asked, **given))["auditEvents"]
        nodes = [*page["nodes"], *nodes] if backward else [*nodes, *page["nodes"]]
        info = page["pageInfo"]
        cursor = info["startCursor" if backward else "endCursor"]
        if not info["hasPreviousPage" if backward else "hasNextPage"]:
            return nodes


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
async def test_pages_of_any_size_have_every_part_once_and_in_order(looked: Graph, direction: str) -> None:
    given: dict[str, Any] = {"where": UNTIL_NOW, "orderBy": {"direction": direction}}
    whole = (await looked.data("admin", PAGE, first=200, **given))["auditEvents"]
    parts = [
        part for event in await AuditEvent.find({"at": {"$lte": NOON}}).sort("at", "_id").to_list() for part in event.parts()
    ]
    assert len(parts) > 100
    ids = [global_id("AuditEvent", part.id) for part in parts]
    assert [node["id"] for node in whole["nodes"]] == (ids if direction == "ASC" else ids[::-1])
    assert whole["totalCount"] == len(ids)
    for size in (1, 7, 23, 24, len(ids)):
        for backward in (False, True):
            assert await _walked(looked, size, backward=backward, **given) == whole["nodes"]


async def test_parts_of_one_operation_share_its_place(looked: Graph) -> None:
    nodes = (await looked.data("admin", PAGE, first=200, where=UNTIL_NOW))["auditEvents"]["nodes"]
    by_sequence: dict[int, list[str]] = {}
    for node in nodes:
        by_sequence.setdefault(node["sequence"], []).append(node["patientId"])
    assert sorted(by_sequence) == list(range(15))
    assert {len(patients) for patients in by_sequence.values()} == {1, 23}
    assert all(len(set(patients)) == len(patients) for patients in by_sequence.values())


async def test_of_one_patient_there_is_one_part_of_each(looked: Graph) -> None:
    alice = gid(looked.clinic.alice)
    where = {**UNTIL_NOW, "patient": alice}
    page = (await looked.data("admin", PAGE, first=200, where=where))["auditEvents"]
    assert (page["totalCount"], {node["patientId"] for node in page["nodes"]}) == (10, {alice})
    assert {tuple(node["subjects"]) for node in page["nodes"]} == {(alice,)}
    assert await _walked(looked, 3, where=where) == page["nodes"]
    assert await _walked(looked, 3, backward=True, where=where) == page["nodes"]


async def test_the_patient_reads_nothing_about_others(looked: Graph) -> None:
    alice = gid(looked.clinic.alice)
    first = (await looked.data("alice", LOG, first=4))["viewer"]["patient"]["accessLog"]
    rest = (await looked.data("alice", LOG, first=50, after=first["pageInfo"]["endCursor"]))["viewer"]["patient"]["accessLog"]
    nodes = [*first["nodes"], *rest["nodes"]]
    assert {node["patientId"] for node in nodes} == {alice}
    assert {tuple(node["subjects"]) for node in nodes} == {(alice,)}
    assert (first["totalCount"], len({node["id"] for node in nodes})) == (10, 10)
    for node in nodes:
        assert (await looked.data("alice", NODE, id=node["id"]))["node"] == node
        assert (await looked.data("bob", NODE, id=node["id"]))["node"] is None
        assert (await looked.data("admin", NODE, id=node["id"]))["node"] == node


async def test_a_part_is_found_by_its_id_and_nothing_by_an_id_like_it(looked: Graph) -> None:
    entry = await AuditEvent.find_one({"about.1": {"$exists": True}})
    assert entry is not None
    for index, part in enumerate(entry.about):
        for caller, seen in (
            ("admin", True),
            ("alice", part.patient_id == looked.clinic.alice.id),
            ("bob", part.patient_id == looked.clinic.bob.id),
        ):
            node = (await looked.data(caller, NODE, id=global_id("AuditEvent", entry.parts()[index].id)))["node"]
            assert (node is not None) == seen
            assert node is None or node["patientId"] == global_id("Patient", str(part.patient_id))
    for wrong in (*(f"{entry.id}{end}" for end in ("p", "p0", "p01", "p23", "px", "p1p1", "q1")), "xp1", "p1"):
        assert (await looked.data("admin", NODE, id=global_id("AuditEvent", wrong)))["node"] is None
    for wrong in (f"{entry.id}p-1", f"{entry.id}.1"):
        [told] = (await looked.ask("admin", NODE, id=global_id("AuditEvent", wrong))).codes
        assert told.startswith("id is not an id of OHMS")


async def test_it_is_explained_who_sees_which_part(looked: Graph) -> None:
    entry = await AuditEvent.find_one({"about.1": {"$exists": True}})
    assert entry is not None
    c = looked.clinic
    query = "query ($id: ID!, $account: ID!) { explainAccess(id: $id, account: $account) { allowed decidedBy } }"
    for part in (*entry.parts(), entry.model_copy(update={"id": f"{entry.id}p23", "about": [AuditedPart()]})):
        for caller, patient in (("alice", c.alice), ("bob", c.bob), ("house", None)):
            asked = {"id": global_id("AuditEvent", part.id), "account": gid(c.accounts[caller])}
            told = (await looked.data("admin", query, **asked))["explainAccess"]
            assert told["allowed"] == (patient is not None and part.patient_id == patient.id)
        asked = {"id": global_id("AuditEvent", part.id), "account": gid(c.accounts["admin"])}
        assert (await looked.data("admin", query, **asked))["explainAccess"]["allowed"] == (part.patient_id is not None)


async def test_a_cursor_of_something_else_is_refused(looked: Graph) -> None:
    other = (await looked.data("staff", "{ patients(first: 1) { pageInfo { endCursor } } }"))["patients"]["pageInfo"]["endCursor"]
    for cursor in (other, "x", _cursor("ap0")):
        answer = await looked.ask("admin", PAGE, first=1, after=cursor)
        assert (len(answer.codes), answer.errors[0].path) == (1, ["auditEvents"])
        assert answer.codes[0].startswith("after is ")


async def test_who_was_merged_is_read_with_whom_they_were_merged_into(looked: Graph) -> None:
    c = looked.clinic
    await looked.data(
        "staff",
        "mutation ($input: MergePatientsInput!) { mergePatients(input: $input) { errors { code } } }",
        input={"keep": gid(c.bob), "merge": gid(c.alice), "reason": "The same person.", "keepAccountOf": "KEEP"},
    )
    assert await PatientMerge.find_one({"merged_id": c.alice.id}) is not None
    where = {**UNTIL_NOW, "patient": gid(c.bob)}
    page = (await looked.data("admin", PAGE, first=200, where=where))["auditEvents"]
    assert (page["totalCount"], len(page["nodes"])) == (15, 15)  # both of each list, and ten looks at one
    assert {node["patientId"] for node in page["nodes"]} == {gid(c.alice), gid(c.bob)}
    for size in (1, 2, 5):
        assert await _walked(looked, size, where=where) == page["nodes"]
        assert await _walked(looked, size, backward=True, where=where) == page["nodes"]


async def test_entries_from_before_there_were_parts_are_read_among_the_others(graph: Graph) -> None:
    c = graph.clinic
    who = {
        "roles": ["STAFF"],
        "action": "Query.patient",
        "outcome": "SUCCESS",
        "purpose": "OPERATIONS",
        "fields": ["Patient.mrn"],
    }
    earlier: list[dict[str, Any]] = [
        {"at": NOON - timedelta(minutes=9 - number), **who, "patient_id": patient.id, "subjects": [f"Patient:{patient.id}"]}
        for number, patient in enumerate((c.alice, c.bob, c.alice))
    ]
    earlier.append({"at": NOON - timedelta(minutes=5), **who, "outcome": "DENIED", "subjects": []})
    await graph.database.transaction(lambda session: graph.ports.audit.store_within(earlier, session))
    await graph.data("staff", ALL)
    clock: Any = graph.ports.clock
    clock.instant = NOON + timedelta(hours=1)
    assert (await graph.ports.audit.verify()).checked == 1 + len(earlier)
    first = 200
    shown = (await graph.data("admin", PAGE, first=first, where=UNTIL_NOW))["auditEvents"]
    alice, bob = gid(c.alice), gid(c.bob)
    patients = [node["patientId"] for node in shown["nodes"]]
    assert (patients[-4:], shown["totalCount"]) == ([None, alice, bob, alice], len(patients))
    assert len(patients) > len(earlier) + 2
    assert await _walked(graph, 2, where=UNTIL_NOW) == shown["nodes"]
    of_alice = (await graph.data("admin", PAGE, first=first, where={**UNTIL_NOW, "patient": alice}))["auditEvents"]
    assert ([node["patientId"] for node in of_alice["nodes"]], of_alice["totalCount"]) == ([alice] * 3, 3)
    log = (await graph.data("alice", LOG, first=first))["viewer"]["patient"]["accessLog"]
    counted, *rest = log["nodes"]
    assert (counted["subjects"], [node["id"] for node in rest]) == ([], [node["id"] for node in of_alice["nodes"]])
    explained = "query ($id: ID!, $account: ID!) { explainAccess(id: $id, account: $account) { allowed } }"
    for node in of_alice["nodes"]:
        assert (await graph.data("alice", NODE, id=node["id"]))["node"] == {
            key: node[key] for key in ("id", "patientId", "subjects")
        }
        assert (await graph.data("bob", NODE, id=node["id"]))["node"] is None
        for caller, seen in (("alice", True), ("bob", False), ("admin", True)):
            told = await graph.data("admin", explained, id=node["id"], account=gid(c.accounts[caller]))
            assert told["explainAccess"]["allowed"] == seen


@pytest.mark.parametrize("patients", [["alice"], ["alice", "bob"]])
@pytest.mark.parametrize("direction", [1, -1])
async def test_of_some_patients_a_page_walks_indexes_in_its_order(looked: Graph, patients: list[str], direction: int) -> None:
    ids = [getattr(looked.clinic, name).id for name in patients]
    found = AuditEvent.get_pymongo_collection().find(about(ids)).sort([("at", direction), ("_id", direction)]).limit(3)
    plan = json.dumps((await found.explain())["queryPlanner"]["winningPlan"])
    assert "IXSCAN" in plan
    assert '"SORT"' not in plan
    assert "COLLSCAN" not in plan


async def test_an_entry_is_about_a_hundred_at_most(graph: Graph) -> None:
    await Patient.insert_many([Patient(mrn=f"C{number:04d}", name=HumanName(family=f"F{number}")) for number in range(150)])
    await graph.data("staff", "{ patients(first: 150) { nodes { mrn } } }")
    assert [len(entry.about) for entry in await AuditEvent.find().sort("_id").to_list()] == [MOST_PARTS, 150 - MOST_PARTS]
    assert (await graph.ports.audit.verify()).checked == 2
