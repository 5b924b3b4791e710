"""Opening hours: who sets them, what is refused by which field, and what becomes of visits that lie outside of them then."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from models.appointment import Appointment, ScheduleEvent
from models.audit_event import AuditEvent
from models.provider import AvailabilityException, Provider
from models.visit_type import VisitMode, VisitType
from resolvers.availability_rules import MOST_EXCEPTIONS
from schema.node import global_id
from tests.clinic import dollars
from tests.graph import Graph, gid
from tests.schema.appointment.desk import FIRST, MINUTES_20, Desk, check_schedule
from tests.schema.appointment.desk import codes as codes_of
from tests.schema.provider.hours import ADD, NOBODY, REMOVE, SET, change, refusals, window

MORNING = window("MONDAY", "09:00", "12:00")
DAYS = """query ($id: ID!) { provider(id: $id) { availability { exceptions { date from to available %s } } } }"""


async def stored(graph: Graph) -> Provider:
    house = await Provider.get(graph.clinic.house.id)
    assert house is not None
    return house


async def told(graph: Graph) -> int:
    kind = "AVAILABILITY_CHANGED"
    return await ScheduleEvent.find({"provider_id": graph.clinic.house.id, "kind": kind}).count()


@pytest.mark.parametrize("caller", ["house", "staff"])
async def test_hours_are_set_and_told_and_audited(graph: Graph, caller: str) -> None:
    visit_type = gid(graph.clinic.follow_up)
    weekly = [window("SUNDAY", "20:00", "02:00"), window("MONDAY", "02:00", "00:00", visit_type)]
    payload = await change(
        graph, caller, SET, weekly=weekly, timeZone="Europe/Zurich", minimumNoticeMinutes=0, bookingHorizonDays=730
    )
    assert payload["errors"] == []
    assert (payload["provider"]["revision"], payload["provider"]["timeZone"]) == (2, "Europe/Zurich")
    follow_up = [{"name": "Follow-up"}]
    assert payload["provider"]["availability"] == {
        "timeZone": "Europe/Zurich",
        "minimumNoticeMinutes": 0,
        "bookingHorizonDays": 730,
        "weekly": [
            {"weekday": "SUNDAY", "from": "20:00", "to": "02:00", "visitTypes": follow_up},
            {"weekday": "MONDAY", "from": "02:00", "to": "00:00", "visitTypes": follow_up},
        ],
        "exceptions": [],
    }
    house = await stored(graph)
    assert [hours.visit_type_ids for hours in house.availability.weekly] == [[], [graph.clinic.follow_up.id]]
    event = await ScheduleEvent.find_one({"sequence": 2, "provider_id": house.id})
    assert event is not None
    assert (event.kind, event.by, event.appointment_id) == (
        "AVAILABILITY_CHANGED",
        "PROVIDER" if caller == "house" else "STAFF",
        None,
    )
    [entry] = await AuditEvent.find({"action": "Mutation.setAvailability", "about.subjects": f"Provider:{house.id}"}).to_list()
    assert (entry.outcome, entry.actor_id) == ("SUCCESS", graph.clinic.accounts[caller].id)
    assert {"Provider.availability", "Provider.time_zone"} <= set(entry.fields)
    await check_schedule()


async def test_what_is_not_given_stays(graph: Graph) -> None:
    await change(graph, "house", ADD, date="2026-03-16", reason="Conference")
    payload = await change(graph, "house", SET, weekly=[])
    availability = payload["provider"]["availability"]
    assert (availability["timeZone"], availability["minimumNoticeMinutes"]) == ("America/New_York", 120)
    assert (availability["bookingHorizonDays"], availability["weekly"]) == (90, [])
    assert [day["reason"] for day in availability["exceptions"]] == ["Conference"]


WRONG_HOURS: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    ({"weekly": [window("MONDAY", "09:00", "09:00")]}, [("INVALID", "weekly.0.to")]),
    ({"weekly": [MORNING, window("TUESDAY", "17:00", "09:00")]}, [("INVALID", "weekly.1.to")]),
    ({"weekly": [window("MONDAY", "20:00", "10:01")]}, [("INVALID", "weekly.0.to")]),
    ({"weekly": [MORNING, window("MONDAY", "11:59", "13:00")]}, [("INVALID", "weekly.1")]),
    ({"weekly": [window("MONDAY", "01:59", "03:00"), window("SUNDAY", "22:00", "02:00")]}, [("INVALID", "weekly.1")]),
    ({"weekly": [window("FRIDAY", "22:00", "02:00"), window("SATURDAY", "01:00", "03:00")]}, [("INVALID", "weekly.1")]),
    ({"weekly": [MORNING, MORNING, MORNING]}, [("INVALID", "weekly.1"), ("INVALID", "weekly.2")]),
    ({"weekly": [window("MONDAY", "\u0660\u0669:\u0660\u0660", "12:00")]}, [("INVALID", "weekly.0.from")]),
    ({"weekly": [MORNING] * 101}, [("INVALID", "weekly")]),
    ({"weekly": [], "timeZone": "localtime"}, [("INVALID", "timeZone")]),
    ({"weekly": [], "minimumNoticeMinutes": -1}, [("INVALID", "minimumNoticeMinutes")]),
    ({"weekly": [], "minimumNoticeMinutes": 43_201}, [("INVALID", "minimumNoticeMinutes")]),
    ({"weekly": [], "bookingHorizonDays": 0}, [("INVALID", "bookingHorizonDays")]),
    (
        {"weekly": [window("MONDAY", "09:00", "09:00")], "bookingHorizonDays": 731},
        [("INVALID", "weekly.0.to"), ("INVALID", "bookingHorizonDays")],
    ),
    (
        {"weekly": [window("MONDAY", "09:00", "12:00", global_id("VisitType", "0" * 26))]},
        [("NOT_FOUND", "weekly.0.visitTypes.0")],
    ),
]


@pytest.mark.parametrize(("given", "expected"), WRONG_HOURS)
async def test_wrong_hours_are_refused_by_field(
    graph: Graph, monkeypatch: pytest.MonkeyPatch, given: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    if given.get("timeZone"):
        # Some systems call their own zone this; others do not know the name, and the scalar is the first to refuse it.
        monkeypatch.setattr("schema.scalars._ZONES", {"localtime"})
    before = await stored(graph)
    payload = await change(graph, "staff", SET, **given)
    assert refusals(payload) == expected
    assert (payload["provider"], payload["affected"]) == (None, [])
    assert await stored(graph) == before
    assert await told(graph) == 0


async def test_a_refusal_of_overlapping_hours_names_both(graph: Graph) -> None:
    payload = await change(graph, "staff", SET, weekly=[MORNING, window("SUNDAY", "21:00", "09:30")])
    message = payload["errors"][0]["message"]
    assert message == "SUNDAY 21:00 to 09:30 overlaps MONDAY 09:00 to 12:00, which is weekly.0."


@pytest.mark.parametrize(
    "given",
    [
        [MORNING, window("MONDAY", "12:00", "14:00")],
        [window("SUNDAY", "22:00", "02:00"), window("MONDAY", "02:00", "03:00")],
        [window("MONDAY", "20:00", "10:00")],
        [window("MONDAY", "00:00", "12:00"), window("MONDAY", "12:00", "00:00"), window("TUESDAY", "00:00", "00:01")],
    ],
)
async def test_hours_that_touch_or_go_over_midnight_are_fine(graph: Graph, given: list[Any]) -> None:
    assert refusals(await change(graph, "staff", SET, weekly=given)) == []


@pytest.mark.parametrize(
    ("given", "where"),
    [({"timeZone": "Mars/Olympus"}, "timeZone"), ({"weekly": [window("MONDAY", "9:00", "24:00")]}, "weekly[0].from")],
)
async def test_what_is_no_zone_or_time_is_refused_with_its_place(graph: Graph, given: Any, where: str) -> None:
    asked = {"provider": gid(graph.clinic.house), "weekly": [], **given}
    answer = await graph.ask("staff", SET, input=asked)
    assert answer.data is None
    assert f"'$input' has invalid value at .{where}:" in answer.errors[0].message


async def test_a_visit_type_that_the_provider_does_not_offer_is_refused(graph: Graph) -> None:
    other = VisitType(name="Surgery", duration_minutes=60, modes=[VisitMode.IN_PERSON], price=dollars(1))
    await other.insert()
    weekly = [MORNING, window("TUESDAY", "09:00", "10:00", gid(graph.clinic.follow_up), gid(other))]
    assert refusals(await change(graph, "staff", SET, weekly=weekly)) == [("INVALID", "weekly.1.visitTypes.1")]


class TestWhose:
    @pytest.mark.parametrize("query", [SET, ADD, REMOVE])
    async def test_those_of_others_are_not_there(self, graph: Graph, query: str) -> None:
        inputs: dict[str, dict[str, Any]] = {
            SET: {"weekly": []},
            ADD: {"date": "2026-03-16"},
            REMOVE: {"exception": "x"},
        }
        given = inputs[query]
        for caller, provider in (("stranger", gid(graph.clinic.house)), ("house", NOBODY), ("staff", NOBODY)):
            payload = await change(graph, caller, query, provider=provider, **given)
            assert refusals(payload) == [("NOT_FOUND", "provider")]
            assert payload["errors"][0]["message"] == "No such provider."
        assert (await stored(graph)).revision == 1
        assert await told(graph) == 0

    @pytest.mark.parametrize("caller", ["alice", "admin", "analyst", None])
    async def test_only_providers_and_staff_may(self, graph: Graph, caller: str | None) -> None:
        given = {"provider": gid(graph.clinic.house), "weekly": []}
        answer = await graph.ask(caller, SET, input=given)
        assert answer.codes == ["FORBIDDEN" if caller else "UNAUTHENTICATED"]
        assert (await stored(graph)).revision == 1

    async def test_why_somebody_is_away_is_theirs_and_the_desks_to_know(self, graph: Graph) -> None:
        house = graph.clinic.house
        monday = FIRST.date()
        house.availability.exceptions.append(AvailabilityException(date=monday, reason="Surgery of my own"))
        await house.save()

        async def seen(caller: str, fields: str) -> Any:
            data = await graph.data(caller, DAYS % fields, id=gid(house))
            return data["provider"]["availability"]["exceptions"]

        day = {"date": monday.isoformat(), "from": None, "to": None, "available": False}
        assert await seen("alice", "") == [day]
        assert await seen("stranger", "id reason") == [{**day, "id": None, "reason": None}]
        for caller in ("house", "staff"):
            [shown] = await seen(caller, "id reason")
            assert shown["reason"] == "Surgery of my own"
            assert shown["id"]
        for field in ("id", "reason"):
            assert (await graph.ask("alice", DAYS % field, id=gid(house))).codes == ["FORBIDDEN"]


class TestDaysThatDiffer:
    async def test_leave_and_extra_hours_come_and_go(self, graph: Graph) -> None:
        await change(graph, "house", ADD, date="2026-03-17", **{"from": "22:00"}, to="03:00", available=True)
        payload = await change(graph, "house", ADD, date="2026-03-16", reason="Conference")
        days = payload["provider"]["availability"]["exceptions"]
        assert [(day["date"], day["from"], day["to"], day["available"], day["reason"]) for day in days] == [
            ("2026-03-16", None, None, False, "Conference"),
            ("2026-03-17", "22:00", "03:00", True, None),
        ]
        removed = await change(graph, "house", REMOVE, exception=days[0]["id"])
        assert removed["provider"]["availability"]["exceptions"] == days[1:]
        again = await change(graph, "house", REMOVE, exception=days[0]["id"])
        assert refusals(again) == [("NOT_FOUND", "exception")]
        assert await told(graph) == 3
        await check_schedule()

    async def test_a_day_that_was_stored_without_an_id_can_be_removed(self, graph: Graph) -> None:
        plain = {"date": "2026-03-16", "start": None, "end": None, "available": False, "reason": None}
        await Provider.get_pymongo_collection().update_one(
            {"_id": graph.clinic.house.id}, {"$set": {"availability.exceptions": [plain]}}
        )
        day = (await stored(graph)).availability.exceptions[0]
        assert day.id == (await stored(graph)).availability.exceptions[0].id
        payload = await change(graph, "house", REMOVE, exception=day.id)
        assert payload["provider"]["availability"]["exceptions"] == []

    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            ({"date": "2026-03-01"}, ["date"]),
            ({"date": "0001-01-01"}, ["date"]),
            ({"date": "9999-12-31", "from": "22:00", "to": "02:00", "available": True}, ["date"]),
            ({"date": "2026-03-16", "available": True}, ["from", "to"]),
            ({"date": "2026-03-16", "available": True, "from": "09:00"}, ["to"]),
            ({"date": "2026-03-16", "from": "09:00"}, ["to"]),
            ({"date": "2026-03-16", "to": "09:00"}, ["from"]),
            ({"date": "2026-03-16", "from": "09:00", "to": "09:00"}, ["to"]),
            ({"date": "2026-03-16", "from": "17:00", "to": "09:00", "available": True}, ["to"]),
            ({"date": "2026-03-16", "reason": "x" * 201}, ["reason"]),
            ({"date": "2026-03-16", "reason": "a\x00b"}, ["reason"]),
            ({"date": "2026-03-17", "from": "02:59", "to": "03:30", "available": True}, ["from"]),
            ({"date": "2026-03-01", "from": "10:00", "to": "10:00"}, ["date", "to"]),
        ],
    )
    async def test_wrong_days_are_refused_by_field(self, graph: Graph, given: Any, expected: list[str]) -> None:
        extra = await change(graph, "staff", ADD, date="2026-03-16", **{"from": "22:00"}, to="03:00", available=True)
        payload = await change(graph, "staff", ADD, **given)
        assert refusals(payload) == [("INVALID", path) for path in expected]
        assert (await stored(graph)).revision == extra["provider"]["revision"]

    async def test_today_is_where_the_provider_is(self, graph: Graph) -> None:
        Desk(graph).at(FIRST.replace(hour=2))  # still Sunday in New York
        assert refusals(await change(graph, "house", ADD, date="2026-03-08")) == []
        assert refusals(await change(graph, "house", ADD, date="2026-03-07")) == [("INVALID", "date")]

    async def test_there_is_an_end_to_the_days_that_differ(self, graph: Graph) -> None:
        house = graph.clinic.house
        begin = FIRST.date()
        days = [AvailabilityException(date=begin + timedelta(days=number)) for number in range(MOST_EXCEPTIONS)]
        house.availability = house.availability.model_copy(update={"exceptions": days})
        await house.save()
        assert refusals(await change(graph, "house", ADD, date="2026-03-16")) == [("INVALID", "")]
        Desk(graph).at(FIRST + timedelta(days=1))  # one of them has passed
        assert refusals(await change(graph, "house", ADD, date="2026-03-16")) == []


class TestOneAfterTheOther:
    async def test_a_repeat_with_the_same_key_changes_once(self, graph: Graph) -> None:
        given: dict[str, Any] = {"weekly": [MORNING], "idempotencyKey": "k"}
        assert await change(graph, "house", SET, **given) == await change(graph, "house", SET, **given)
        assert ((await stored(graph)).revision, await told(graph)) == (2, 1)
        other = await change(graph, "house", SET, weekly=[], idempotencyKey="k")
        assert refusals(other) == [("IDEMPOTENCY_CONFLICT", "idempotencyKey")]
        for _ in range(2):
            payload = await change(graph, "house", ADD, date="2026-03-16", idempotencyKey="k")
            assert len(payload["provider"]["availability"]["exceptions"]) == 1
        [day] = payload["provider"]["availability"]["exceptions"]
        for _ in range(2):
            assert refusals(await change(graph, "house", REMOVE, exception=day["id"], idempotencyKey="k")) == []

    @pytest.mark.parametrize("query", [SET, ADD, REMOVE])
    async def test_who_has_seen_an_older_revision_is_refused(self, graph: Graph, query: str) -> None:
        added = await change(graph, "house", ADD, date="2026-03-16", expectedRevision=1)
        [day] = added["provider"]["availability"]["exceptions"]
        inputs: dict[str, dict[str, Any]] = {
            SET: {"weekly": []},
            ADD: {"date": "2026-03-17"},
            REMOVE: {"exception": day["id"]},
        }
        given = inputs[query]
        assert refusals(await change(graph, "house", query, expectedRevision=1, **given)) == [("CONFLICT", "expectedRevision")]
        assert refusals(await change(graph, "house", query, expectedRevision=2, **given)) == []

    async def test_of_racers_that_have_seen_the_same_one_wins(self, graph: Graph) -> None:
        weeks = [[window("MONDAY", f"{hour:02}:00", "12:00")] for hour in range(8)]
        payloads = await asyncio.gather(*(change(graph, "staff", SET, weekly=weekly, expectedRevision=1) for weekly in weeks))
        outcomes = sorted(refusals(payload) for payload in payloads)
        assert outcomes == [[]] + [[("CONFLICT", "expectedRevision")]] * 7
        [winner] = [payload for payload in payloads if payload["provider"]]
        assert [hours.start for hours in (await stored(graph)).availability.weekly] == [
            hours["from"] for hours in winner["provider"]["availability"]["weekly"]
        ]
        assert await told(graph) == 1

    async def test_days_that_are_added_at_once_are_all_there(self, graph: Graph) -> None:
        dates = [f"2026-04-{day:02}" for day in range(1, 9)]
        payloads = await asyncio.gather(*(change(graph, "staff", ADD, date=date) for date in dates))
        assert [refusals(payload) for payload in payloads] == [[]] * 8
        assert [day.date.isoformat() for day in (await stored(graph)).availability.exceptions] == dates
        await check_schedule()


class TestVisits:
    async def test_visits_outside_of_the_new_hours_stay_and_are_listed(self, graph: Graph) -> None:
        desk = Desk(graph)
        for number in range(3):
            await desk.booked("bob", FIRST + number * MINUTES_20)
        called_off = await desk.booked("bob", FIRST + 3 * MINUTES_20)
        await desk.do("bob", "cancel", id=called_off)
        override = {"reason": "Before hours"}
        await desk.booked("staff", FIRST - timedelta(hours=2), override=override)
        payload = await change(graph, "house", SET, weekly=[window("MONDAY", "09:20", "12:00")])
        # The clinic's own visit of alice, at eight, never was within hours.
        assert [(visit["start"][11:16], visit["patient"]["name"]["family"]) for visit in payload["affected"]] == [
            ("12:00", "Müller"),
            ("13:00", "Baker"),
        ]
        assert {visit["status"] for visit in payload["affected"]} == {"BOOKED"}
        leave = await change(graph, "house", ADD, date="2026-03-09", **{"from": "09:30"}, to="09:50")
        assert [visit["start"][11:16] for visit in leave["affected"]] == ["12:00", "13:00", "13:20", "13:40"]
        [day] = leave["provider"]["availability"]["exceptions"]
        back = await change(graph, "house", REMOVE, exception=day["id"])
        assert [visit["start"][11:16] for visit in back["affected"]] == ["12:00", "13:00"]
        assert await Appointment.find({"status": "BOOKED", "provider_id": graph.clinic.house.id}).count() == 5
        await check_schedule()

    async def test_the_same_wall_clock_in_another_zone_is_another_time(self, graph: Graph) -> None:
        desk = Desk(graph)
        visit_id = await desk.booked("bob")
        payload = await change(graph, "house", SET, weekly=[MORNING], timeZone="America/Los_Angeles")
        assert visit_id in [visit["id"] for visit in payload["affected"]]

    async def test_hours_that_were_taken_away_cannot_be_booked(self, graph: Graph) -> None:
        desk = Desk(graph)
        await change(graph, "house", ADD, date="2026-03-09")
        assert codes_of(await desk.book("alice")) == ["NOT_OFFERED"]
        assert codes_of(await desk.book("house")) == ["OUTSIDE_HOURS"]

    async def test_bookings_and_a_change_of_hours_exclude_each_other(self, graph: Graph) -> None:
        """However they fall: a visit outside of the hours was there first, and is told to who changed them."""
        desk = Desk(graph)
        for week in range(4):
            day = FIRST + timedelta(days=7 * week)
            starts = [day + number * MINUTES_20 for number in range(6)]
            changing = change(graph, "house", ADD, date=day.date().isoformat())
            *booked, changed = await asyncio.gather(*(desk.book("bob", start) for start in starts), changing)
            visits = {payload["appointment"]["id"] for payload in booked if not payload["errors"]}
            assert {code for payload in booked for code in codes_of(payload)} <= {"NOT_OFFERED"}
            of_day = {visit["id"] for visit in changed["affected"] if visit["start"] >= day.isoformat()[:10]}
            assert of_day - {gid(graph.clinic.coming)} == visits
        await check_schedule()
