"""When a patient wants to be reminded: who may choose, and what."""

from typing import Any

import pytest

from models.audit_event import AuditEvent
from models.patient import Patient, ProxyScope
from models.reminder import ReminderPreferences
from tests.graph import Graph, gid

SET = """mutation ($input: SetReminderPreferencesInput!) { setReminderPreferences(input: $input) {
  patient { id revision reminderPreferences { minutesBefore channel timeZone } } errors { __typename code path message } } }"""
READ = "query ($id: ID!) { patient(id: $id) { reminderPreferences { minutesBefore channel timeZone } } }"


async def _set(graph: Graph, caller: str, patient: Patient, *minutes: int, **more: Any) -> Any:
    chosen = {"patient": gid(patient), "minutesBefore": list(minutes), **more}
    return (await graph.data(caller, SET, input=chosen))["setReminderPreferences"]


async def test_a_day_and_two_hours_unless_chosen_otherwise(graph: Graph) -> None:
    found = await graph.data("alice", READ, id=gid(graph.clinic.alice))
    assert found["patient"]["reminderPreferences"] == {"minutesBefore": [1440, 120], "channel": "EMAIL", "timeZone": None}


@pytest.mark.parametrize(("caller", "name"), [("alice", "alice"), ("parent", "child"), ("staff", "bob")])
async def test_patients_proxies_and_the_desk_choose(graph: Graph, caller: str, name: str) -> None:
    patient = getattr(graph.clinic, name)
    answer = await _set(graph, caller, patient, 60, 2880, 60, timeZone="Asia/Tokyo")
    chosen = {"minutesBefore": [2880, 60], "channel": "EMAIL", "timeZone": "Asia/Tokyo"}
    assert answer == {"patient": {"id": gid(patient), "revision": 2, "reminderPreferences": chosen}, "errors": []}
    [entry] = await AuditEvent.find({"fields": "Patient.reminder_preferences"}).to_list()
    assert (entry.actor_id, entry.patient_id) == (graph.clinic.accounts[caller].id, patient.id)


async def test_none_is_a_choice(graph: Graph) -> None:
    await _set(graph, "alice", graph.clinic.alice)
    stored = await Patient.get(graph.clinic.alice.id)
    assert stored is not None
    assert stored.reminder_preferences == ReminderPreferences(minutes_before=[])


async def test_a_right_for_something_else_is_not_enough(graph: Graph) -> None:
    scope = {"$set": {"proxies.0.scope": [ProxyScope.RECORDS.value]}}
    await Patient.get_pymongo_collection().update_one({"_id": graph.clinic.child.id}, scope)
    for caller, patient in [("parent", graph.clinic.child), ("alice", graph.clinic.bob), ("bob", graph.clinic.alice)]:
        answer = await _set(graph, caller, patient, 60)
        assert answer["patient"] is None
        assert [(error["code"], error["path"]) for error in answer["errors"]] == [("NOT_FOUND", ["patient"])]
    assert await Patient.find({"revision": {"$gt": 1}}).count() == 0


@pytest.mark.parametrize(
    ("minutes", "places"),
    [
        ([14], ["0"]),
        ([20161, 60, -1], ["0", "2"]),
        ([15, 20, 25, 30, 35, 40], [None]),
    ],
)
async def test_what_cannot_be_is_named(graph: Graph, minutes: list[int], places: list[str | None]) -> None:
    answer = await _set(graph, "alice", graph.clinic.alice, *minutes)
    assert [error["path"] for error in answer["errors"]] == [["minutesBefore", *([place] if place else [])] for place in places]
    assert all(error["message"] for error in answer["errors"])
    assert await Patient.find({"revision": {"$gt": 1}}).count() == 0


async def test_an_unknown_zone_is_refused(graph: Graph) -> None:
    asked = {"patient": gid(graph.clinic.alice), "minutesBefore": [60], "timeZone": "Mars/Olympus"}
    assert (await graph.ask("alice", SET, input=asked)).errors


async def test_the_same_key_gives_the_same_answer(graph: Graph) -> None:
    for _ in range(2):
        answer = await _set(graph, "alice", graph.clinic.alice, 60, idempotencyKey="k")
        assert answer["patient"]["revision"] == 2
    other = await _set(graph, "alice", graph.clinic.alice, 90, idempotencyKey="k")
    assert [error["__typename"] for error in other["errors"]] == ["IdempotencyConflict"]
