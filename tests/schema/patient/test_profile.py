"""The rest of a profile: clearing, death, and what others keep with a patient."""

from typing import Any

import pytest

from models.patient import Patient
from tests.graph import Graph, gid

UPDATE = """mutation ($input: UpdatePatientInput!) { updatePatient(input: $input) {
  patient { address { city } preferredLanguage contacts { value } emergencyContacts { name } deceasedAt birthDate extensions
    extensionEntries { namespace byStaff writtenAt writtenBy { id } } }
  errors { code path message } } }"""


async def _update(graph: Graph, caller: str, **changes: Any) -> Any:
    changes = {"id": gid(graph.clinic.alice), **changes}
    return (await graph.data(caller, UPDATE, input=changes))["updatePatient"]


async def _errors(graph: Graph, caller: str, **changes: Any) -> list[tuple[str, str]]:
    return [(error["code"], ".".join(error["path"])) for error in (await _update(graph, caller, **changes))["errors"]]


async def test_null_clears_and_absence_leaves(graph: Graph) -> None:
    full = {
        "address": {"city": "Basel"},
        "preferredLanguage": "de",
        "contacts": [{"system": "EMAIL", "value": "a@b.example"}],
        "emergencyContacts": [{"name": "Bo", "relationship": "sister", "phone": "+1 202 555 0101"}],
    }
    await _update(graph, "alice", **full)
    cleared = (await _update(graph, "alice", address=None, emergencyContacts=None))["patient"]
    assert (cleared["address"], cleared["emergencyContacts"]) == (None, [])
    assert (cleared["preferredLanguage"], cleared["contacts"]) == ("de", [{"value": "a@b.example"}])
    assert await _errors(graph, "staff", name=None, gender=None) == [("INVALID", "name"), ("INVALID", "gender")]
    assert (await _update(graph, "staff", birthDate=None))["patient"]["birthDate"] is None


async def test_deaths_are_noted_at_the_desk(graph: Graph) -> None:
    died = "2026-03-01T08:00:00Z"
    assert await _errors(graph, "alice", deceasedAt=died) == [("STAFF_ONLY", "deceasedAt")]
    assert await _errors(graph, "staff", deceasedAt="2026-03-02T12:00:01Z") == [("INVALID", "deceasedAt")]
    assert await _errors(graph, "staff", deceasedAt="1970-01-01T00:00:00Z") == [("INVALID", "deceasedAt")]
    assert (await _update(graph, "staff", deceasedAt=died))["patient"]["deceasedAt"] == died
    assert await _errors(graph, "staff", birthDate="2026-03-02") == []  # a day apart, for time zones
    assert (await _update(graph, "staff", deceasedAt=None))["patient"]["deceasedAt"] is None


async def test_who_wrote_an_extension_is_kept_and_staffs_are_staffs(graph: Graph) -> None:
    own = [{"namespace": "diary.example", "value": {"steps": [1, 2]}}]
    mine = (await _update(graph, "alice", extensions=own))["patient"]
    assert mine["extensions"] == {"diary.example": {"steps": [1, 2]}}
    assert mine["extensionEntries"] == [
        {
            "namespace": "diary.example",
            "byStaff": False,
            "writtenAt": "2026-03-02T12:00:00Z",
            "writtenBy": {"id": gid(graph.clinic.accounts["alice"])},
        }
    ]
    await _update(graph, "staff", extensions=[{"namespace": "lab.example", "value": "red tube"}])
    refused = [
        {"namespace": "lab.example", "value": None},
        {"namespace": "house.flags", "value": 1},
        {"namespace": "diary.example", "value": None},
    ]
    assert await _errors(graph, "alice", extensions=refused) == [
        ("STAFF_ONLY", "extensions.0.namespace"),
        ("STAFF_ONLY", "extensions.1.namespace"),
    ]
    left = (await _update(graph, "alice", extensions=[{"namespace": "diary.example", "value": None}]))["patient"]
    assert left["extensions"] == {"lab.example": "red tube"}


@pytest.mark.parametrize(
    ("entry", "path", "said"),
    [
        ({"namespace": "Lab Example", "value": 1}, "namespace", "lab.example"),
        ({"namespace": "a" * 65, "value": 1}, "namespace", "Has 65 characters; at most 64 fit."),
        ({"namespace": "fhir", "value": 1}, "namespace", "OHMS itself"),
        ({"namespace": "big.example", "value": "x" * 16384}, "value", "Has 16386 bytes as JSON; at most 16384 fit."),
        ({"namespace": "deep.example", "value": [[[[[[[[[1]]]]]]]]]}, "value", "Is nested 9 levels deep; at most 8 fit."),
    ],
)
async def test_limits_of_extensions_are_told_in_numbers(graph: Graph, entry: Any, path: str, said: str) -> None:
    (error,) = (await _update(graph, "staff", extensions=[entry]))["errors"]
    assert (error["path"], said in error["message"]) == (["extensions", "0", path], True)
    alice = await Patient.get(graph.clinic.alice.id)
    assert alice is not None
    assert (alice.revision, alice.extensions.plain) == (1, {})


async def test_all_namespaces_together_have_a_limit(graph: Graph) -> None:
    entries = [{"namespace": f"n{number}.example", "value": "x" * 16000} for number in range(5)]
    assert await _errors(graph, "staff", extensions=entries) == [("INVALID", "extensions")]
    assert await _errors(graph, "staff", extensions=entries[:1] * 2) == [("INVALID", "extensions.1.namespace")]
    assert await _errors(graph, "staff", extensions=entries[:4]) == []
