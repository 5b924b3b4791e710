"""Critical values stay on the list of who ordered them until somebody has taken them in hand."""

import asyncio
from typing import Any

from models.patient import CareTeamMember
from models.record import Interpretation, Observation, ObservationComponent, Record, RecordStatus
from models.values import CodeableConcept
from tests.clinic import NOON
from tests.graph import Graph, gid

LIST = """{ criticalResults(first: 10) { totalCount nodes {
    id critical interpretations patient { id } acknowledgement { note } } } }"""
ACKNOWLEDGE = """mutation ($input: AcknowledgeCriticalResultInput!) { acknowledgeCriticalResult(input: $input) {
    observation { id critical acknowledgement { at note by { id } } } errors { __typename code path } } }"""


async def _ordered(graph: Graph, *found: Interpretation, **more: Any) -> Observation:
    given: dict[str, Any] = {"patient_id": graph.clinic.alice.id, "author_id": graph.clinic.house.id, **more}
    observation = Observation(code=CodeableConcept(text="Potassium"), interpretations=list(found), recorded_at=NOON, **given)
    await observation.insert()
    return observation


async def _listed(graph: Graph, caller: str = "house") -> list[str]:
    data = await graph.data(caller, LIST)
    assert data["criticalResults"]["totalCount"] == len(data["criticalResults"]["nodes"])
    return [node["id"] for node in data["criticalResults"]["nodes"]]


async def _acknowledge(graph: Graph, caller: str, observation: Any, note: str = "Called her in.") -> Any:
    return await graph.ask(caller, ACKNOWLEDGE, input={"observation": gid(observation), "note": note})


async def test_critical_values_are_listed_for_who_ordered_them(graph: Graph) -> None:
    critical = [await _ordered(graph, found) for found in (Interpretation.LL, Interpretation.HH, Interpretation.AA)]
    for found in (Interpretation.N, Interpretation.L, Interpretation.H, Interpretation.A):
        await _ordered(graph, found)
    part = ObservationComponent(code=CodeableConcept(text="Systolic"), interpretations=[Interpretation.HH])
    critical.append(await _ordered(graph, components=[part]))
    await _ordered(graph, Interpretation.HH, status=RecordStatus.ENTERED_IN_ERROR)
    await _ordered(graph, Interpretation.HH, author_id=graph.clinic.stranger.id)
    assert sorted(await _listed(graph)) == sorted(map(gid, critical))
    assert await _listed(graph, "stranger") == []  # Alice is not under their care
    for caller in ("alice", "staff", "admin", "analyst"):
        assert (await graph.ask(caller, LIST)).codes == ["FORBIDDEN"]


async def test_one_is_taken_in_hand_once(graph: Graph) -> None:
    observation = await _ordered(graph, Interpretation.HH)
    graph.clinic.alice.care_team.append(CareTeamMember(provider_id=graph.clinic.stranger.id))
    await graph.clinic.alice.replace()
    answers = await asyncio.gather(*(_acknowledge(graph, caller, observation) for caller in ("house", "stranger")))
    payloads = [answer.data["acknowledgeCriticalResult"] for answer in answers]
    [won] = [payload["observation"] for payload in payloads if not payload["errors"]]
    [lost] = [payload["errors"][0] for payload in payloads if payload["errors"]]
    assert (won["critical"], won["acknowledgement"]["note"], lost["__typename"]) == (True, "Called her in.", "Conflict")
    assert await _listed(graph) == []
    raw = await Record.get_pymongo_collection().find_one({"_id": observation.id})
    assert raw is not None
    assert isinstance(raw["acknowledgement"]["note"], bytes)  # not in words


async def test_what_cannot_be_taken_in_hand(graph: Graph) -> None:
    critical, plain = await _ordered(graph, Interpretation.HH), await _ordered(graph, Interpretation.H)
    absent = Observation(code=CodeableConcept(text="None"), patient_id="x")
    for caller, observation, note, code, path in (
        ("house", plain, "Done", "INVALID", "observation"),
        ("house", critical, "  ", "INVALID", "note"),
        ("house", critical, "x" * 2001, "INVALID", "note"),
        ("house", absent, "Done", "NOT_FOUND", "observation"),
        ("stranger", critical, "Done", "NOT_FOUND", "observation"),
    ):
        [error] = (await _acknowledge(graph, caller, observation, note)).data["acknowledgeCriticalResult"]["errors"]
        assert (error["code"], error["path"]) == (code, [path])
    assert (await _acknowledge(graph, "alice", critical)).codes == ["FORBIDDEN"]
    assert await _listed(graph) == [gid(critical)]
