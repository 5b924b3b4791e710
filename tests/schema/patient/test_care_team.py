"""Who is on a care team sees the patient: kept by staff and by those on it."""

import asyncio
from typing import Any

import pytest

from tests.audited import audited
from tests.graph import Graph, gid

ADD = """mutation ($input: AddCareTeamMemberInput!) { addCareTeamMember(input: $input) {
  patient { careTeamMembers { role since provider { id } } } errors { __typename code path } } }"""
REMOVE = """mutation ($input: RemoveCareTeamMemberInput!) { removeCareTeamMember(input: $input) {
  patient { careTeam { id } } errors { __typename code path } } }"""
SEEN = "query ($id: ID!) { patient(id: $id) { id } }"


def _of(graph: Graph, **more: Any) -> dict[str, Any]:
    return {"patient": gid(graph.clinic.alice), "provider": gid(graph.clinic.stranger), **more}


async def _add(graph: Graph, caller: str, **more: Any) -> Any:
    return (await graph.data(caller, ADD, input=_of(graph, **more)))["addCareTeamMember"]


async def _remove(graph: Graph, caller: str, **more: Any) -> Any:
    return (await graph.data(caller, REMOVE, input=_of(graph, **more)))["removeCareTeamMember"]


async def _sees(graph: Graph, caller: str) -> bool:
    return (await graph.data(caller, SEEN, id=gid(graph.clinic.alice)))["patient"] is not None


@pytest.mark.parametrize("caller", ["staff", "house"])
async def test_sight_comes_and_goes_with_the_team(graph: Graph, caller: str) -> None:
    assert not await _sees(graph, "stranger")
    added = await _add(graph, caller, role="CONSULTING")
    assert added["errors"] == []
    assert added["patient"]["careTeamMembers"][1] == {
        "role": "CONSULTING",
        "since": "2026-03-02T12:00:00Z",
        "provider": {"id": gid(graph.clinic.stranger)},
    }
    assert await _sees(graph, "stranger")
    assert [error["code"] for error in (await _add(graph, caller))["errors"]] == ["CONFLICT"]
    removed = await _remove(graph, caller)
    assert removed == {"patient": {"careTeam": [{"id": gid(graph.clinic.house)}]}, "errors": []}
    assert not await _sees(graph, "stranger")
    entries = await audited({"fields": "Patient.care_team"}, patient_id=graph.clinic.alice.id)
    assert [entry.action for entry in entries] == ["Mutation.addCareTeamMember", "Mutation.removeCareTeamMember"]


async def test_of_racers_one_adds(graph: Graph) -> None:
    answers = await asyncio.gather(*(_add(graph, "staff") for _ in range(4)))
    assert sorted(len(answer["errors"]) for answer in answers) == [0, 1, 1, 1]


async def test_who_leaves_sees_no_more(graph: Graph) -> None:
    await _add(graph, "staff")
    assert await _remove(graph, "stranger") == {"patient": None, "errors": []}


async def test_who_is_not_on_the_team_does_not_change_it(graph: Graph) -> None:
    nobody = {"patient": gid(graph.clinic.bob), "provider": gid(graph.clinic.house)}
    unseen = (await graph.data("house", ADD, input=nobody))["addCareTeamMember"]
    assert unseen["errors"] == [{"__typename": "NotFound", "code": "NOT_FOUND", "path": ["patient"]}]
    treating = (await graph.data("stranger", ADD, input=nobody))["addCareTeamMember"]
    assert [(error["code"], error["path"]) for error in treating["errors"]] == [("NOT_ON_TEAM", ["patient"])]
    assert [error["path"] for error in (await _remove(graph, "staff"))["errors"]] == [["provider"]]
    future = await _add(graph, "staff", since="2026-03-02T12:00:01Z")
    assert [error["path"] for error in future["errors"]] == [["since"]]
