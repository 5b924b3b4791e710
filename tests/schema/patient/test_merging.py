"""Merging through the graph: who may, who sees what afterwards, and what the trail tells."""

from typing import Any

import pytest

from models.patient import Patient
from tests.audited import audited
from tests.graph import Graph, gid
from tests.schema.access.conftest import broken

MERGE = """mutation ($input: MergePatientsInput!) { mergePatients(input: $input) {
  patient { id mrn careTeam { id } } merge { id reason former { mrn name { text } birthDate } }
  errors { __typename code path ... on OverlappingVisits { periods { start end } } } } }"""
UNDO = """mutation ($input: UnmergePatientsInput!) { unmergePatients(input: $input) {
  merge { id undoneAt undoReason kept { id } merged { id mrn } former { mrn } } errors { __typename code path } } }"""


async def _merge(graph: Graph, caller: str = "staff", **more: Any) -> Any:
    """Alice's documents go to Bob, and his account stays."""
    c = graph.clinic
    given = {"keep": gid(c.bob), "merge": gid(c.alice), "reason": "The same person", "keepAccountOf": "KEEP", **more}
    return (await graph.data(caller, MERGE, input=given))["mergePatients"]


@pytest.fixture
async def merged(graph: Graph) -> Any:
    payload = await _merge(graph)
    assert payload["errors"] == []
    return payload


async def test_the_kept_patient_has_it_all_and_the_merged_one_is_nowhere(graph: Graph, merged: Any) -> None:
    c = graph.clinic
    assert merged["merge"]["former"] == {"mrn": "M0000000001", "name": {"text": "Alice Müller"}, "birthDate": "1980-02-29"}
    query = """query ($id: ID!) { patient(id: $id) { id } node(id: $id) { id }
      listed: patients(first: 50) { totalCount nodes { id } }
      found: patients(where: {search: "alice"}) { nodes { id } }
      mrn: patients(where: {mrn: "M0000000001"}) { nodes { mrn } }
      word: patients(where: {search: "m0000000001"}) { nodes { mrn } } }"""
    seen = await graph.data("staff", query, id=gid(c.alice))
    assert (seen["patient"], seen["node"], seen["found"]["nodes"]) == (None, None, [])
    assert seen["listed"]["totalCount"] == len(seen["listed"]["nodes"]) == 2
    assert seen["mrn"]["nodes"] == seen["word"]["nodes"] == [{"mrn": "M0000000002"}]


async def test_in_an_emergency_the_old_wristband_finds_the_kept_patient(graph: Graph, merged: Any) -> None:
    await Patient.get_pymongo_collection().update_one({"_id": graph.clinic.bob.id}, {"$set": {"treated_by": []}})
    payload = await broken(graph, mrn="M0000000001")
    assert payload["errors"] == []
    assert payload["patient"]["name"] == {"text": "Bob Baker"}


async def test_accounts_providers_and_proxies_follow(graph: Graph, merged: Any) -> None:
    c = graph.clinic
    record = "query ($id: ID!) { record(id: $id) { id patient { id } } }"
    for caller in ("bob", "house"):
        found = await graph.data(caller, record, id=gid(c.condition))
        assert found["record"]["patient"] == {"id": gid(c.bob)}
    assert (await graph.data("stranger", record, id=gid(c.condition)))["record"] is not None  # who treated Bob
    c.accounts["alice"].patient_id = None  # as it is stored now
    assert (await graph.data("alice", record, id=gid(c.condition)))["record"] is None


async def test_both_logs_tell_of_it_and_the_kept_ones_has_both(graph: Graph, merged: Any) -> None:
    c = graph.clinic
    for patient, field in ((c.alice, "Patient.merged_into"), (c.bob, "PatientMerge.merged_id")):
        told = {"action": "Mutation.mergePatients", "fields": field}
        assert len(await audited(told, patient_id=patient.id)) == 1
    log = "{ viewer { patient { accessLog(first: 50) { totalCount nodes { action patientId } } } } }"
    shown = (await graph.data("bob", log))["viewer"]["patient"]["accessLog"]
    of_both = {node["patientId"] for node in shown["nodes"] if node["action"] == "Mutation.mergePatients"}
    assert of_both == {gid(c.alice), gid(c.bob)}
    by_patient = "query ($id: ID!) { auditEvents(where: {patient: $id}, first: 50) { nodes { patientId } } }"
    reviewed = (await graph.data("admin", by_patient, id=gid(c.bob)))["auditEvents"]["nodes"]
    assert {node["patientId"] for node in reviewed} == {gid(c.alice), gid(c.bob)}


async def test_undone_both_are_there_again_and_the_merges_are_listed(graph: Graph, merged: Any) -> None:
    c = graph.clinic
    undo = {"merge": merged["merge"]["id"], "reason": "Namesakes"}
    undone = (await graph.data("staff", UNDO, input=undo))["unmergePatients"]
    assert undone["errors"] == []
    assert undone["merge"]["merged"] == {"id": gid(c.alice), "mrn": "M0000000001"}
    assert (undone["merge"]["kept"], undone["merge"]["former"]) == ({"id": gid(c.bob)}, None)
    again = (await graph.data("staff", UNDO, input=undo))["unmergePatients"]
    assert [error["code"] for error in again["errors"]] == ["CONFLICT"]
    for patient in (c.alice, c.bob):
        merges = "query ($id: ID!) { patientMerges(patient: $id) { id undoReason } }"
        found = await graph.data("staff", merges, id=gid(patient))
        assert found["patientMerges"] == [{"id": merged["merge"]["id"], "undoReason": "Namesakes"}]
    alice = await Patient.get(c.alice.id)
    assert alice is not None
    assert [member.provider_id for member in alice.care_team] == [c.house.id]
    record = "query ($id: ID!) { record(id: $id) { id } }"
    assert (await graph.data("bob", record, id=gid(c.condition)))["record"] is None


async def test_what_is_in_the_way_is_said_first(graph: Graph) -> None:
    c = graph.clinic
    revisions = await _merge(graph, expectedRevisions={"keep": 1, "merge": 7})
    assert [(error["code"], error["path"]) for error in revisions["errors"]] == [("CONFLICT", ["expectedRevisions", "merge"])]
    same = await _merge(graph, merge=gid(c.bob))
    assert [error["path"] for error in same["errors"]] == [["merge"]]
    empty = await _merge(graph, reason=" ")
    assert [error["path"] for error in empty["errors"]] == [["reason"]]
    accounts = await _merge(graph, keepAccountOf=None)
    assert [error["code"] for error in accounts["errors"]] == ["BOTH_HAVE_ACCOUNTS"]
    assert await Patient.get(c.alice.id) is not None


async def test_one_key_merges_once(graph: Graph) -> None:
    first, second = await _merge(graph, idempotencyKey="m"), await _merge(graph, idempotencyKey="m")
    assert first["errors"] == second["errors"] == []
    assert first["merge"]["id"] == second["merge"]["id"]


@pytest.mark.parametrize("caller", [None, "alice", "house", "admin", "analyst"])
async def test_merges_are_staffs(graph: Graph, merged: Any, caller: str | None) -> None:
    by_node = "query ($id: ID!) { node(id: $id) { ... on PatientMerge { reason } } }"
    for query, variables in (
        (MERGE, {"input": {"keep": "a", "merge": "b", "reason": "c"}}),
        (UNDO, {"input": {"merge": "a", "reason": "b"}}),
        ("query ($id: ID!) { patientMerges(patient: $id) { id } }", {"id": gid(graph.clinic.bob)}),
        (by_node, {"id": merged["merge"]["id"]}),
    ):
        answer = await graph.ask(caller, query, **variables)
        assert answer.data is None
        assert answer.codes[0] in {"FORBIDDEN", "UNAUTHENTICATED"}
    if caller is not None:
        plain = await graph.data(caller, "query ($id: ID!) { node(id: $id) { id } }", id=merged["merge"]["id"])
        assert plain["node"] is None
