"""Providers add entries of every kind; everybody else adds none."""

from typing import Any

import pytest

from models.record import Record
from tests.clinic import NOON
from tests.graph import Graph, gid
from tests.schema.record.chart_desk import CVX, GLUCOSE, LOINC, NONE_KNOWN, PANEL, PENICILLIN, SODIUM, concept, record, recorded

PRESSURE = concept("Blood pressure", LOINC, "85354-9")
RANGE = {"low": "70", "high": "99", "unit": "mg/dL"}


def _amount(value: str, unit: str = "mg/dL") -> dict[str, Any]:
    return {"quantity": {"value": value, "unit": unit}}


KINDS: dict[str, dict[str, Any]] = {
    "allergy": {
        "code": PENICILLIN,
        "criticality": "HIGH",
        "categories": ["MEDICATION"],
        "reactions": [{"manifestations": [concept("Hives")], "severity": "MODERATE"}],
    },
    "condition": {"code": concept("Sprained ankle"), "severity": concept("Mild")},
    "medication": {"code": concept("Metformin"), "dosage": "One in the morning\nOne at night"},
    "immunization": {"code": concept("Influenza", CVX, "140"), "lotNumber": "A-12"},
    "observation": {"code": GLUCOSE, "value": _amount("105.0"), "referenceRanges": [RANGE]},
    "labReport": {"code": PANEL, "observations": [{"code": GLUCOSE, "value": _amount("95")}], "conclusion": "Fine."},
    "procedure": {"code": concept("Foot check"), "performed": {"start": "2026-03-01T10:00:00Z", "end": "2026-03-01T10:10:00Z"}},
    "note": {"text": "She walks\ndaily."},
}


@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_by_whoever_treats_the_patient_and_by_nobody_else(graph: Graph, kind: str) -> None:
    entry = await recorded(graph, kind, appointment=gid(graph.clinic.visit), **KINDS[kind])
    assert (entry["version"], entry["author"]["id"]) == (1, gid(graph.clinic.house))
    assert entry["status"] == ("PRELIMINARY" if kind == "note" else "FINAL")
    if kind != "procedure":
        assert entry["effectiveAt"] == "2026-03-02T12:00:00Z"
    rows = await Record.get_pymongo_collection().count_documents({})
    refused = await record(graph, kind, "stranger", **KINDS[kind])
    assert [(error["__typename"], error["path"]) for error in refused.data["errors"]] == [("NotFound", ["patient"])]
    for caller in ("alice", "parent", "staff", "admin", "analyst", None):
        answer = await record(graph, kind, caller, **KINDS[kind])  # type: ignore[arg-type]  # nobody
        assert answer.codes == ["UNAUTHENTICATED" if caller is None else "FORBIDDEN"]
    assert await Record.get_pymongo_collection().count_documents({}) == rows


async def test_what_was_entered_is_what_is_read(graph: Graph) -> None:
    fields = "reactions { severity manifestations { text } } criticality clinicalStatus code { codings { code } }"
    entry = await recorded(graph, "allergy", fields=fields, **KINDS["allergy"])
    assert entry == {
        "reactions": [{"severity": "MODERATE", "manifestations": [{"text": "Hives"}]}],
        "criticality": "HIGH",
        "clinicalStatus": "ACTIVE",
        "code": {"codings": [{"code": "764146007"}]},
    }
    fields = "value { quantity { value unit code } } interpretations referenceRanges { low high } critical"
    entry = await recorded(graph, "observation", fields=fields, **KINDS["observation"])
    assert entry == {
        "value": {"quantity": {"value": "105.0", "unit": "mg/dL", "code": "mg/dL"}},
        "interpretations": ["H"],  # follows from the range
        "referenceRanges": [{"low": "70", "high": "99"}],
        "critical": False,
    }


async def test_a_report_comes_with_its_observations_or_not_at_all(graph: Graph) -> None:
    results: list[dict[str, Any]] = [
        {"code": GLUCOSE, "value": _amount("95")},
        {"code": SODIUM, "value": _amount("140"), "interpretations": ["HH"]},
    ]
    fields = "observations { code { text } critical status categories { codings { code } } }"
    entry = await recorded(graph, "labReport", fields=fields, code=PANEL, observations=results, preliminary=True)
    laboratory = [{"codings": [{"code": "laboratory"}]}]
    assert entry["observations"] == [
        {"code": {"text": "Glucose"}, "critical": False, "status": "PRELIMINARY", "categories": laboratory},
        {"code": {"text": "Sodium"}, "critical": True, "status": "PRELIMINARY", "categories": laboratory},
    ]
    rows = await Record.get_pymongo_collection().count_documents({})
    results[1]["value"] = _amount("1e15")
    answer = await record(graph, "labReport", code=PANEL, observations=results)
    assert [error["path"] for error in answer.data["errors"]] == [["observations", "1", "value", "quantity", "value"]]
    assert await Record.get_pymongo_collection().count_documents({}) == rows


async def test_many_results_take_as_many_commands_as_one(graph: Graph) -> None:
    counts = []
    for number in (1, 100):
        results = [{"code": GLUCOSE, "value": _amount(str(value))} for value in range(number)]
        counts.append((await record(graph, "labReport", code=PANEL, observations=results)).commands)
    assert counts[0] == counts[1]


async def test_no_known_allergies_is_a_statement_that_an_allergy_ends(graph: Graph) -> None:
    refused = await record(graph, "allergy", code=NONE_KNOWN)
    assert [(error["__typename"], error["code"]) for error in refused.data["errors"]] == [("Conflict", "ALLERGY_STANDS")]
    await recorded(graph, "allergy", patient=graph.clinic.alice, code=concept("Dust"), clinicalStatus="RESOLVED")
    found = await Record.find_one({"_id": graph.clinic.allergy.id}, with_children=True)
    assert found is not None
    await Record.get_pymongo_collection().update_one({"_id": found.id}, {"$set": {"clinical_status": "RESOLVED"}})
    none_known = await recorded(graph, "allergy", code=NONE_KNOWN)
    assert (await record(graph, "allergy", code=NONE_KNOWN)).data["errors"][0]["code"] == "ALLERGY_STANDS"
    await recorded(graph, "allergy", code=PENICILLIN)
    read = "query ($id: ID!) { record(id: $id) { version ... on Allergy { clinicalStatus } } }"
    data = await graph.data("house", read, id=none_known["id"])
    assert data["record"] == {"version": 2, "clinicalStatus": "RESOLVED"}


async def test_the_same_key_and_input_give_one_entry(graph: Graph) -> None:
    first, again = [await recorded(graph, "condition", code=concept("Cough"), idempotencyKey="k1") for _ in range(2)]
    assert first["id"] == again["id"]
    other = await record(graph, "condition", code=concept("Cold"), idempotencyKey="k1")
    assert [error["__typename"] for error in other.data["errors"]] == ["IdempotencyConflict"]


async def test_an_entry_is_held_from_the_start_or_released_at_once(graph: Graph) -> None:
    released = await recorded(graph, "condition", code=concept("Cough"))
    hold = {"reason": "RISK_OF_HARM", "until": "2026-03-05T12:00:00Z"}
    held = await recorded(graph, "condition", code=concept("Mass"), hold=hold)
    restricted = await recorded(graph, "condition", code=concept("Dependence"), confidentiality="RESTRICTED")
    assert [entry["release"]["released"] for entry in (released, held, restricted)] == [True, False, True]
    ids = [entry["id"] for entry in (released, held, restricted)]
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    found = (await graph.data("alice", query, ids=ids))["nodes"]
    assert [node is not None for node in found] == [True, False, True]
    bad = await record(graph, "condition", code=concept("Mass"), hold={**hold, "until": "2027-03-05T12:00:00Z"})
    assert [error["path"] for error in bad.data["errors"]] == [["hold", "until"]]


async def test_a_draft_is_for_the_patient_once_it_is_signed(graph: Graph) -> None:
    note = await recorded(graph, "note", text="Half a sentence")
    query = "query ($id: ID!) { record(id: $id) { id versions { version } } }"
    assert (await graph.data("alice", query, id=note["id"]))["record"] is None
    sign = "mutation ($input: SignRecordInput!) { signRecord(input: $input) { record { status signedAt } errors { code } } }"
    signed = (await graph.data("house", sign, input={"record": note["id"]}))["signRecord"]
    assert signed == {"record": {"status": "FINAL", "signedAt": NOON.isoformat().replace("+00:00", "Z")}, "errors": []}
    seen = (await graph.data("alice", query, id=note["id"]))["record"]
    assert seen["versions"] == [{"version": 2}]  # not what stood in the draft
