"""Keeping a profile: one's own, or anybody's at the desk."""

import asyncio
from typing import Any

import pytest

from models.patient import Patient, PatientExtensions
from tests.graph import Graph, gid

UPDATE = """mutation ($input: UpdatePatientInput!) { updatePatient(input: $input) {
  patient { id name { text } preferredLanguage revision contacts { value } } errors { __typename code path } } }"""


async def _update(graph: Graph, caller: str, **changes: Any) -> Any:
    return (await graph.data(caller, UPDATE, input=changes))["updatePatient"]


async def test_a_patient_changes_what_is_given_and_nothing_else(graph: Graph) -> None:
    alice = graph.clinic.alice
    changed = await _update(graph, "alice", id=gid(alice), preferredLanguage="de")
    assert changed["patient"] == {
        "id": gid(alice),
        "name": {"text": "Alice Müller"},
        "preferredLanguage": "de",
        "revision": 2,
        "contacts": [],
    }
    assert changed["errors"] == []


async def test_unknown_fields_survive_a_write(graph: Graph) -> None:
    alice = graph.clinic.alice
    rows = Patient.get_pymongo_collection()
    tube = PatientExtensions({"lab.example": {"tube": "red"}}).sealed
    await rows.update_one({"_id": alice.id}, {"$set": {"shoeSize": 39, "extensions": tube}})
    await _update(graph, "alice", id=gid(alice), preferredLanguage="de")
    found = await graph.data("alice", "query ($id: ID!) { patient(id: $id) { extensions } }", id=gid(alice))
    assert found["patient"]["extensions"] == {"lab.example": {"tube": "red"}, "unknown": {"shoeSize": 39}}


async def test_names_are_changed_at_the_desk(graph: Graph) -> None:
    alice = graph.clinic.alice
    refused = await _update(graph, "alice", id=gid(alice), name={"family": "Smith", "given": ["Alice"]}, birthDate="1980-01-01")
    assert refused["patient"] is None
    assert [(error["code"], error["path"]) for error in refused["errors"]] == [
        ("STAFF_ONLY", ["name"]),
        ("STAFF_ONLY", ["birthDate"]),
    ]
    changed = await _update(graph, "staff", id=gid(alice), name={"family": "Smith", "given": ["Alice"]})
    assert changed["patient"]["name"] == {"text": "Alice Smith"}
    found = await graph.data("staff", '{ patients(where: {search: "smi"}) { nodes { name { text } } } }')
    assert found["patients"]["nodes"] == [{"name": {"text": "Alice Smith"}}]


@pytest.mark.parametrize("caller", ["bob", "parent"])
async def test_another_patient_is_not_found(graph: Graph, caller: str) -> None:
    refused = await _update(graph, caller, id=gid(graph.clinic.alice), preferredLanguage="de")
    assert refused["errors"] == [{"__typename": "NotFound", "code": "NOT_FOUND", "path": ["id"]}]
    alice = await Patient.get(graph.clinic.alice.id)
    assert alice is not None
    assert alice.revision == 1


async def test_of_two_who_read_the_same_revision_one_wins(graph: Graph) -> None:
    alice = gid(graph.clinic.alice)
    writes = (_update(graph, "staff", id=alice, preferredLanguage=tag, expectedRevision=1) for tag in ("de", "fr", "it"))
    payloads = await asyncio.gather(*writes)
    errors = [error["__typename"] for payload in payloads for error in payload["errors"]]
    assert errors == ["Conflict", "Conflict"]
    stored = await Patient.get(graph.clinic.alice.id)
    assert stored is not None
    assert stored.revision == 2


async def test_an_empty_change_says_so(graph: Graph) -> None:
    refused = await _update(graph, "alice", id=gid(graph.clinic.alice))
    assert refused["errors"] == [{"__typename": "InvalidInput", "code": "INVALID", "path": []}]


async def test_an_id_of_another_type_is_refused(graph: Graph) -> None:
    answer = await graph.ask("alice", UPDATE, input={"id": gid(graph.clinic.visit), "preferredLanguage": "de"})
    assert answer.errors[0].message == "input.id is an id of type Appointment, not Patient."
