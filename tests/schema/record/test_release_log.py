"""The patient's own log tells who looked and when, and nothing of what is held from them."""

import json

from tests.graph import Graph, gid
from tests.schema.record.release_desk import end, hold, sees

LOG = "{ viewer { patient { accessLog(first: 50) { nodes { actorName action subjects fields purpose } } } } }"
READ = "query ($id: ID!) { record(id: $id) { code { text } ... on LabReport { conclusion } } }"


async def test_the_log_is_no_road_to_what_is_held(graph: Graph) -> None:
    held = graph.clinic.report
    await hold(graph, "house", held)
    await graph.data("house", READ, id=gid(held))
    assert await sees(graph, "alice", held) == [False]
    entries = (await graph.data("alice", LOG))["viewer"]["patient"]["accessLog"]["nodes"]
    assert gid(held) not in json.dumps(entries)
    assert "LabReport" not in json.dumps(entries)
    assert "holdRelease" not in json.dumps(entries)
    by_house = [entry for entry in entries if entry["actorName"] == "Dr. Gregory House"]
    assert {entry["action"] for entry in by_house} == {"Query", "Mutation"}  # that somebody looked is not hidden
    counted = LOG.replace("first: 50", 'where: {action: "Mutation.holdRelease"}')
    refused = await graph.ask("alice", counted)
    assert [error.original_error.details["path"] for error in refused.errors] == [["where", "action"]]
    await end(graph, "house", held)
    entries = (await graph.data("alice", LOG))["viewer"]["patient"]["accessLog"]["nodes"]
    assert {"Mutation.holdRelease", "Mutation.endHold", "Query.record"} <= {entry["action"] for entry in entries}
    assert gid(held) in json.dumps(entries)
