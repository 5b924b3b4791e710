"""What is held is on no road to the patient or a proxy, and on every road again when the hold has ended by the clock."""

import json
from datetime import timedelta
from typing import Any

import pytest
import strawberry

from models.record import Record, RecordVersion
from ohms_graphql.database import Database
from tests.clinic import NOON
from tests.graph import Graph, gid, graph_of
from tests.schema.access_matrix.roads import roads
from tests.schema.access_matrix.ward import Ward
from tests.schema.record.release_desk import hold, move_clock

TIMELINE = "{ patients { nodes { timeline(first: 200) { totalCount nodes { at kind record { id } } } } } }"
COUNTS = """{ records { totalCount } patients { nodes {
    records { totalCount } labResults { totalCount } conditions { id }
    timeline(where: {kinds: [RECORD]}) { totalCount }
    educationResources { totalCount nodes { id reasons { id } } }
    appointments { nodes { records { totalCount } } } } } }"""
LEFT_OUT = {"subscription, self", "subscription, proxy"}
"""They show what ``nested`` shows."""

HELD = ("report", "observation", "note", "condition", "document")


@pytest.fixture
async def graph(schema: strawberry.Schema, database: Database) -> Graph:
    return await graph_of(schema, database, await Ward().stored())


async def _road_answers(graph: Graph, caller: str, document: Any) -> dict[str, str]:
    """What each road to a row answers, as text."""
    answers = {}
    for road in roads(type(document).__name__, "id versions { id }"):
        if road.name not in LEFT_OUT:
            given = {"id": gid(document)} if road.takes_id else {}
            answer = await graph.ask(caller, road.text, **given)
            answers[road.name] = json.dumps([answer.data, [error.formatted for error in answer.errors]])
    for name, query in (("timeline", TIMELINE), ("counts", COUNTS)):
        answers[name] = json.dumps(await graph.data(caller, query))
    return answers


async def _counts(graph: Graph, caller: str) -> Any:
    return await graph.data(caller, COUNTS)


async def _holds(graph: Graph) -> None:
    clinic = graph.clinic
    for document in (clinic.report, clinic.note):
        row = await Record.get_pymongo_collection().find_one({"_id": document.id})
        await RecordVersion(record_id=document.id, patient_id=document.patient_id, version=0, document=row).insert()
    for name in HELD:
        if name != "observation":  # held with its report
            answer = await hold(graph, "house", getattr(clinic, name))
            assert answer.data["holdRelease"]["errors"] == []


async def _on_roads(graph: Graph, caller: str) -> dict[tuple[str, str], bool]:
    """By row and road, whether the row was there."""
    found = {}
    for name in HELD:
        document = getattr(graph.clinic, name)
        for road, text in (await _road_answers(graph, caller, document)).items():
            found[name, road] = gid(document) in text
    return found


@pytest.mark.parametrize("caller", ["alice", "reader"])
async def test_every_road(graph: Graph, caller: str) -> None:
    before = await _counts(graph, caller)
    await _holds(graph)
    held = await _on_roads(graph, caller)
    assert len(held) > 40
    assert [road for road, there in held.items() if there] == []
    now, earlier = await _counts(graph, caller), before["patients"]["nodes"][0]
    mine = now["patients"]["nodes"][0]
    assert now["records"]["totalCount"] == before["records"]["totalCount"] - len(HELD)
    assert (earlier["educationResources"]["totalCount"], mine["educationResources"]["totalCount"]) == (1, 0)
    assert mine["timeline"]["totalCount"] == earlier["timeline"]["totalCount"] - len(HELD)
    cared = await _on_roads(graph, "house")  # who cares for the patient goes on
    assert all(there for (_, road), there in cared.items() if road == "node")
    move_clock(graph, NOON + timedelta(days=2))
    again = await _on_roads(graph, caller)
    assert [road for road, there in again.items() if not (there or road[1].startswith("nested") or road[1] == "counts")] == []
    # All is back, and the report that the clinic itself has held until the same instant.
    assert (await _counts(graph, caller))["records"]["totalCount"] == before["records"]["totalCount"] + 1


@pytest.mark.parametrize("caller", ["scheduler", "biller", "former", "bob", "stranger", "staff"])
async def test_a_hold_opens_nothing_to_others(graph: Graph, caller: str) -> None:
    report = graph.clinic.report
    await hold(graph, "house", report)
    move_clock(graph, NOON + timedelta(days=3))
    for road, text in (await _others(graph, caller, report)).items():
        assert gid(report) not in text, road


async def _others(graph: Graph, caller: str, document: Any) -> dict[str, str]:
    found = {}
    for road in roads(type(document).__name__, "id"):
        if road.name not in LEFT_OUT:
            given = {"id": gid(document)} if road.takes_id else {}
            answer = await graph.ask(caller, road.text, **given)
            found[road.name] = json.dumps(answer.data)
    return found
