"""Staff are told that a patient may be there already; nobody else learns who is a patient."""

from typing import Any

import pytest

from models.audit_event import AuditEvent
from models.patient import Patient
from tests.graph import Graph, gid

REGISTER = """mutation ($input: RegisterPatientInput!) { registerPatient(input: $input) {
  patient { id } confirmationSent errors { __typename code path ... on PossibleDuplicates {
    candidates { score reasons patient { id } } } } } }"""
POSSIBLE = "query ($id: ID!) { possibleDuplicates(patient: $id) { score reasons patient { id } } }"
AGAIN: dict[str, Any] = {"name": {"family": "Muller", "given": ["ALICE"]}, "birthDate": "1980-02-29"}


async def _register(graph: Graph, **more: Any) -> Any:
    return (await graph.data("staff", REGISTER, input={**AGAIN, **more}))["registerPatient"]


async def test_staff_are_shown_who_it_may_be_and_nothing_is_written(graph: Graph) -> None:
    before = await Patient.count()
    refused = await _register(graph)
    alice = {"score": 70, "reasons": ["SAME_NAME", "SAME_BIRTH_DATE"], "patient": {"id": gid(graph.clinic.alice)}}
    assert refused == {
        "patient": None,
        "confirmationSent": False,
        "errors": [
            {
                "__typename": "PossibleDuplicates",
                "code": "POSSIBLE_DUPLICATES",
                "path": ["acknowledgeDuplicates"],
                "candidates": [alice],
            }
        ],
    }
    assert await Patient.count() == before


async def test_staff_may_say_that_it_is_somebody_else(graph: Graph) -> None:
    payload = await _register(graph, acknowledgeDuplicates=True)
    assert payload["errors"] == []
    found = await graph.data("staff", POSSIBLE, id=payload["patient"]["id"])
    assert [candidate["patient"] for candidate in found["possibleDuplicates"]] == [{"id": gid(graph.clinic.alice)}]
    back = await graph.data("staff", POSSIBLE, id=gid(graph.clinic.alice))
    assert [candidate["patient"] for candidate in back["possibleDuplicates"]] == [{"id": payload["patient"]["id"]}]
    entries = await AuditEvent.find({"action": "Mutation.registerPatient", "outcome": "SUCCESS"}).to_list()
    assert any("Patient.acknowledged_duplicates" in entry.fields for entry in entries)


async def test_one_key_does_not_find_its_own_patient(graph: Graph) -> None:
    entered = {"name": {"family": "Scully", "given": ["Dana"]}, "idempotencyKey": "desk-1"}
    first, second = await _register(graph, **entered), await _register(graph, **entered)
    assert first == second
    assert first["errors"] == []


async def test_the_tokens_follow_the_profile(graph: Graph) -> None:
    update = "mutation ($input: UpdatePatientInput!) { updatePatient(input: $input) { errors { code } } }"
    phone = [{"system": "PHONE", "value": "+1 202 555 0188"}]
    moved = {"id": gid(graph.clinic.bob), "name": {"family": "Muller", "given": ["Bob"]}, "contacts": phone}
    await graph.data("staff", update, input=moved)
    payload = await _register(graph, name={"family": "Mueller", "given": ["Bob"]}, birthDate="1990-05-05", contacts=phone)
    assert payload["errors"][0]["candidates"] == [
        {"score": 75, "reasons": ["SIMILAR_NAME", "SAME_BIRTH_DATE", "SAME_PHONE"], "patient": {"id": gid(graph.clinic.bob)}}
    ]
    assert (await _register(graph, name={"family": "Baker", "given": ["Bob"]}, birthDate="1971-01-01"))["errors"] == []


async def test_online_nobody_is_told_and_it_costs_the_same(graph: Graph) -> None:
    register = """mutation ($input: RegisterPatientInput!) { registerPatient(input: $input) {
      confirmationSent errors { __typename code } } }"""
    online = {"password": "trust no one 1013", "acknowledgeDuplicates": False}
    known = await graph.ask(None, register, input={**AGAIN, **online, "email": "a@clinic.example"})
    fresh = {"name": {"family": "Scully", "given": ["Dana"]}, "birthDate": "1964-02-23", "email": "b@clinic.example"}
    unknown = await graph.ask(None, register, input={**fresh, **online})
    assert known.data == unknown.data == {"registerPatient": {"confirmationSent": True, "errors": []}}
    assert known.commands_by_name == unknown.commands_by_name


@pytest.mark.parametrize("caller", [None, "alice", "house", "admin", "analyst"])
async def test_candidates_are_for_staff(graph: Graph, caller: str | None) -> None:
    for query in (POSSIBLE, REGISTER):
        given = {"id": gid(graph.clinic.alice)} if query is POSSIBLE else {"input": AGAIN}
        answer = await graph.ask(caller, query, **given)
        assert answer.codes[0] in {"FORBIDDEN", "UNAUTHENTICATED"}
        assert answer.data is None
