"""Visit types: made and changed by staff; what cannot be is refused by its field."""

import asyncio
from typing import Any

import pytest

from models.appointment import Appointment
from models.audit_event import AuditEvent
from models.visit_type import VisitType
from schema.node import global_id
from tests.graph import Graph, gid
from tests.schema.appointment.desk import FIRST, Desk, codes
from tests.schema.provider.hours import refusals

_PAYLOAD = """{ visitType { id name durationMinutes bufferBeforeMinutes bufferAfterMinutes slotIntervalMinutes
    minimumNoticeMinutes bookingHorizonDays modes active confidentiality revision price { minorUnits currency }
    cancellationPolicy { noticeMinutes lateFee { minorUnits } noShowFee { minorUnits } } code { text codings { code } } }
    errors { __typename code path message } } }"""
CREATE = f"mutation ($input: CreateVisitTypeInput!) {{ createVisitType(input: $input) {_PAYLOAD}"
UPDATE = f"mutation ($input: UpdateVisitTypeInput!) {{ updateVisitType(input: $input) {_PAYLOAD}"
PLAIN: dict[str, Any] = {"name": "Check-up", "durationMinutes": 30, "modes": ["VIDEO"], "price": {"minorUnits": 5000}}


async def create(graph: Graph, caller: str = "staff", **given: Any) -> Any:
    return (await graph.data(caller, CREATE, input=PLAIN | given))["createVisitType"]


async def update(graph: Graph, caller: str = "staff", **given: Any) -> Any:
    asked = {"id": gid(graph.clinic.follow_up)} | given
    return (await graph.data(caller, UPDATE, input=asked))["updateVisitType"]


async def test_a_visit_type_is_made_with_all_that_it_has(graph: Graph) -> None:
    given: dict[str, Any] = {
        "bufferBeforeMinutes": 5,
        "bufferAfterMinutes": 10,
        "slotIntervalMinutes": 15,
        "minimumNoticeMinutes": 0,
        "bookingHorizonDays": 10,
        "cancellationPolicy": {"noticeMinutes": 60, "lateFee": {"minorUnits": 100}},
        "confidentiality": "RESTRICTED",
        "code": {"text": "Check-up", "codings": [{"system": "http://snomed.info/sct", "code": "185349003"}]},
    }
    payload = await create(graph, name="  Check-up ", **given)
    assert payload["errors"] == []
    made = payload["visitType"]
    found = await VisitType.find_one({"name": "Check-up"})
    assert found is not None
    assert made == {
        **PLAIN,
        **given,
        "id": gid(found),
        "price": {"minorUnits": 5000, "currency": "USD"},
        "cancellationPolicy": {"noticeMinutes": 60, "lateFee": {"minorUnits": 100}, "noShowFee": None},
        "code": {"text": "Check-up", "codings": [{"code": "185349003"}]},
        "active": True,
        "revision": 1,
    }
    [entry] = await AuditEvent.find({"action": "Mutation.createVisitType"}).to_list()
    assert (entry.outcome, f"VisitType:{found.id}" in entry.subjects) == ("SUCCESS", True)


async def test_what_is_not_said_is_plain(graph: Graph) -> None:
    made = (await create(graph))["visitType"]
    assert (made["bufferBeforeMinutes"], made["bufferAfterMinutes"], made["slotIntervalMinutes"]) == (0, 0, 30)
    assert (made["minimumNoticeMinutes"], made["bookingHorizonDays"], made["confidentiality"]) == (None, None, "NORMAL")
    assert made["cancellationPolicy"] == {"noticeMinutes": 0, "lateFee": None, "noShowFee": None}


WRONG: list[tuple[dict[str, Any], list[str]]] = [
    ({"name": "  "}, ["name"]),
    ({"name": "x" * 201}, ["name"]),
    ({"durationMinutes": 4}, ["durationMinutes"]),
    ({"durationMinutes": 1441}, ["durationMinutes"]),
    ({"bufferBeforeMinutes": -1}, ["bufferBeforeMinutes"]),
    ({"bufferAfterMinutes": 241}, ["bufferAfterMinutes"]),
    ({"slotIntervalMinutes": 4}, ["slotIntervalMinutes"]),
    ({"minimumNoticeMinutes": 43_201}, ["minimumNoticeMinutes"]),
    ({"bookingHorizonDays": 0}, ["bookingHorizonDays"]),
    ({"modes": []}, ["modes"]),
    ({"modes": ["VIDEO", "VIDEO"]}, ["modes"]),
    ({"price": {"minorUnits": -1}}, ["price.minorUnits"]),
    ({"price": {"minorUnits": 1, "currency": "dollars"}}, ["price.currency"]),
    (
        {"cancellationPolicy": {"noticeMinutes": -1, "lateFee": {"minorUnits": -1}, "noShowFee": {"minorUnits": -1}}},
        ["cancellationPolicy.noticeMinutes", "cancellationPolicy.lateFee.minorUnits", "cancellationPolicy.noShowFee.minorUnits"],
    ),
    ({"cancellationPolicy": {"lateFee": {"minorUnits": 1, "currency": "x"}}}, ["cancellationPolicy.lateFee.currency"]),
    (
        {"code": {"text": "", "codings": [{"system": "", "code": ""}]}},
        ["code.text", "code.codings.0.system", "code.codings.0.code"],
    ),
    ({"name": "", "durationMinutes": 0, "bookingHorizonDays": 731}, ["name", "durationMinutes", "bookingHorizonDays"]),
]


@pytest.mark.parametrize(("given", "paths"), WRONG)
async def test_what_cannot_be_is_refused_by_field(graph: Graph, given: dict[str, Any], paths: list[str]) -> None:
    expected = [("INVALID", path) for path in paths]
    assert refusals(await create(graph, **given)) == expected
    assert refusals(await update(graph, **given)) == expected
    [only] = await VisitType.find_all().to_list()
    assert only == graph.clinic.follow_up


async def test_only_what_is_given_changes_and_null_empties(graph: Graph) -> None:
    first = (await update(graph, slotIntervalMinutes=10, minimumNoticeMinutes=60, code={"text": "Follow-up"}))["visitType"]
    assert (first["slotIntervalMinutes"], first["minimumNoticeMinutes"], first["revision"]) == (10, 60, 2)
    assert (first["name"], first["durationMinutes"], first["price"]["minorUnits"]) == ("Follow-up", 20, 9000)
    second = (await update(graph, slotIntervalMinutes=None, code=None, active=False))["visitType"]
    assert (second["slotIntervalMinutes"], second["minimumNoticeMinutes"], second["code"]) == (20, 60, None)
    assert (second["active"], second["revision"]) == (False, 3)


async def test_nothing_to_change_is_refused(graph: Graph) -> None:
    assert refusals(await update(graph)) == [("INVALID", "")]


async def test_what_is_not_there_cannot_be_changed(graph: Graph) -> None:
    assert refusals(await update(graph, id=global_id("VisitType", "0" * 26), name="x")) == [("NOT_FOUND", "id")]


@pytest.mark.parametrize("caller", ["alice", "house", "admin", "analyst", None])
@pytest.mark.parametrize("query", [CREATE, UPDATE])
async def test_only_staff_may(graph: Graph, caller: str | None, query: str) -> None:
    given = PLAIN if query == CREATE else {"id": gid(graph.clinic.follow_up), "name": "x"}
    answer = await graph.ask(caller, query, input=given)
    assert answer.codes == ["FORBIDDEN" if caller else "UNAUTHENTICATED"]
    assert await VisitType.find_all().to_list() == [graph.clinic.follow_up]


async def test_a_repeat_with_the_same_key_makes_one(graph: Graph) -> None:
    assert await create(graph, idempotencyKey="k") == await create(graph, idempotencyKey="k")
    assert await VisitType.find({"name": "Check-up"}).count() == 1
    assert refusals(await create(graph, idempotencyKey="k", name="Other")) == [("IDEMPOTENCY_CONFLICT", "idempotencyKey")]
    for _ in range(2):
        assert (await update(graph, idempotencyKey="k", name="New"))["visitType"]["revision"] == 2


async def test_of_racers_that_have_seen_the_same_one_wins(graph: Graph) -> None:
    payloads = await asyncio.gather(*(update(graph, name=f"Name {number}", expectedRevision=1) for number in range(6)))
    assert sorted(refusals(payload) for payload in payloads) == [[]] + [[("CONFLICT", "expectedRevision")]] * 5
    free = await asyncio.gather(*(update(graph, durationMinutes=30 + number) for number in range(4)))
    assert [refusals(payload) for payload in free] == [[]] * 4  # who does not say what they have seen comes one after the other
    assert (await VisitType.find_all().to_list())[0].revision == 6


async def test_visits_that_are_booked_stay_and_new_ones_follow_the_change(graph: Graph) -> None:
    desk = Desk(graph)
    await desk.booked("alice")
    await update(graph, durationMinutes=40, bufferBeforeMinutes=10)
    before = await Appointment.find_one({"start": FIRST})
    assert before is not None
    assert before.end is not None
    assert (before.end - FIRST).total_seconds() == 20 * 60
    assert codes(await desk.book("bob", FIRST.replace(minute=20))) == ["NOT_OFFERED"]
    await desk.booked("bob", FIRST.replace(minute=40))
    await update(graph, active=False)
    assert codes(await desk.book("bob", FIRST.replace(hour=15))) == ["INVALID"]
