"""Booking: what patients, proxies, providers and staff get, and what they are refused."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.appointment import Appointment, ScheduleEvent
from models.busy_day import BusyDay
from models.confidentiality import Confidentiality
from models.patient import Patient
from models.provider import Availability, AvailabilityException, Provider, Weekday, WeeklyHours
from models.visit_type import VisitMode, VisitType
from tests.clinic import NOON, dollars
from tests.graph import Graph, gid
from tests.schema.appointment.desk import FIRST, MINUTES_20, Desk, check_schedule, codes, iso


async def test_a_patient_books_a_slot(desk: Desk, graph: Graph) -> None:
    payload = await desk.book("alice", reason="Knee")
    assert payload["errors"] == []
    visit = payload["appointment"]
    assert (visit["status"], visit["start"], visit["end"]) == ("BOOKED", "2026-03-09T13:00:00Z", "2026-03-09T13:20:00Z")
    assert (visit["reason"], visit["mode"], visit["revision"], visit["series"]) == ("Knee", "IN_PERSON", 1, None)
    assert payload["appointments"] == [{key: visit[key] for key in payload["appointments"][0]}]
    stored = await Appointment.find_one({"start": FIRST})
    assert stored is not None
    assert stored.time_zone == "America/New_York"
    [event] = await ScheduleEvent.find({"appointment_id": stored.id}).to_list()
    assert (event.kind, event.by, event.sequence, event.patient_id) == ("BOOKED", "PATIENT", 2, graph.clinic.alice.id)
    await check_schedule()


async def test_a_slot_is_booked_once_and_the_refusal_says_what_is_free(desk: Desk, graph: Graph) -> None:
    await desk.booked("alice")
    payload = await desk.book("bob", FIRST)
    assert payload["appointment"] is None
    [error] = payload["errors"]
    assert (error["__typename"], error["code"], error["path"]) == ("SlotUnavailable", "SLOT_UNAVAILABLE", ["start"])
    assert error["blockedBy"] == {"start": "2026-03-09T13:00:00Z", "end": "2026-03-09T13:20:00Z"}
    assert [slot["start"][11:16] for slot in error["alternatives"]] == ["13:20", "13:40", "14:00"]
    assert error["alternatives"][0]["timeZone"] == "America/New_York"
    assert error["alternatives"][0]["modes"] == ["IN_PERSON", "VIDEO"]
    assert graph.clinic.alice.id not in str(payload)
    await check_schedule()
    await desk.booked("bob", FIRST + MINUTES_20)  # back to back is no conflict
    await check_schedule()


async def test_a_patient_is_not_in_two_places_at_once(desk: Desk, graph: Graph) -> None:
    clinic = graph.clinic
    clinic.stranger.visit_type_ids = [clinic.follow_up.id]
    clinic.stranger.availability = Availability(weekly=[WeeklyHours(weekday=Weekday.MONDAY, start="13:10", end="15:10")])
    await clinic.stranger.save()
    await desk.booked("alice")
    payload = await desk.book("alice", FIRST + timedelta(minutes=10), provider=gid(clinic.stranger))
    assert codes(payload) == ["SLOT_UNAVAILABLE"]
    assert payload["errors"][0]["blockedBy"]["start"] == "2026-03-09T13:00:00Z"
    # What is offered instead suits the patient, too: 13:10 does not.
    assert [slot["start"][11:16] for slot in payload["errors"][0]["alternatives"]] == ["13:30", "13:50", "14:10"]
    await check_schedule()


async def test_buffers_are_busy_time_of_the_provider_only(desk: Desk, graph: Graph) -> None:
    follow_up = graph.clinic.follow_up
    follow_up.buffer_before_minutes, follow_up.buffer_after_minutes = 5, 10
    follow_up.slot_interval_minutes = 5
    await follow_up.save()
    await desk.booked("alice", FIRST + MINUTES_20)  # busy from 13:15 to 13:50
    payload = await desk.book("bob", FIRST + timedelta(minutes=50))
    assert payload["errors"][0]["blockedBy"] == {"start": "2026-03-09T13:15:00Z", "end": "2026-03-09T13:50:00Z"}
    await desk.booked("bob", FIRST + timedelta(minutes=55))
    await check_schedule()


@pytest.mark.parametrize(
    ("start", "code"),
    [
        (NOON - timedelta(minutes=1), "IN_THE_PAST"),
        (NOON + timedelta(hours=1), "TOO_SOON"),
        (NOON + timedelta(days=98, hours=1), "TOO_FAR"),
        (FIRST + timedelta(minutes=7), "NOT_OFFERED"),
        (FIRST - timedelta(hours=1), "NOT_OFFERED"),
        (FIRST + timedelta(days=1), "NOT_OFFERED"),
        (FIRST + timedelta(hours=3), "NOT_OFFERED"),
        (FIRST + timedelta(seconds=1), "INVALID"),
    ],
)
async def test_patients_keep_to_what_is_offered(desk: Desk, start: datetime, code: str) -> None:
    before = await Appointment.count()
    payload = await desk.book("alice", start)
    assert codes(payload) == [code]
    assert payload["errors"][0]["path"] == ["start"]
    if code == "NOT_OFFERED":
        assert payload["errors"][0]["blockedBy"] is None
        assert len(payload["errors"][0]["alternatives"]) == 3
    assert (await Appointment.count(), await BusyDay.count()) == (before, 0)


async def test_the_desk_is_free_of_notice_horizon_and_grid_and_keeps_to_opening_hours(desk: Desk) -> None:
    for start in (NOON + timedelta(hours=2, minutes=7), FIRST + timedelta(days=371), FIRST + timedelta(minutes=7)):
        await desk.booked("staff", start)
    assert codes(await desk.book("staff", FIRST - timedelta(hours=1))) == ["OUTSIDE_HOURS"]
    assert codes(await desk.book("staff", NOON - timedelta(hours=1))) == ["IN_THE_PAST"]
    await desk.booked("house", FIRST + timedelta(minutes=40))
    await check_schedule()


async def test_staff_override_on_purpose_and_it_is_written_down(desk: Desk, graph: Graph) -> None:
    await desk.booked("bob")
    override = {"reason": "Emergency"}
    visit_id = await desk.booked("staff", override=override)
    await desk.booked("staff", FIRST - timedelta(hours=2), override=override)
    await check_schedule(may_overlap=True)
    seen = await graph.data("house", "query($id: ID!) { appointment(id: $id) { override { reason } } }", id=visit_id)
    assert seen["appointment"]["override"] == {"reason": "Emergency"}
    assert codes(await desk.book("alice", FIRST)) == ["SLOT_UNAVAILABLE"]  # an override is in the way like any visit
    for caller in ("alice", "house"):
        assert codes(await desk.book(caller, FIRST, override=override)) == ["STAFF_ONLY"]
    assert codes(await desk.book("staff", FIRST, override={"reason": " "})) == ["INVALID"]
    assert codes(await desk.book("staff", NOON - timedelta(hours=1), override=override)) == ["IN_THE_PAST"]


async def test_who_may_book_for_whom(desk: Desk, graph: Graph) -> None:
    clinic = graph.clinic
    await desk.booked("parent", patient=gid(clinic.child))
    for caller, patient in (("alice", clinic.bob), ("parent", clinic.bob), ("house", clinic.bob), ("stranger", clinic.alice)):
        payload = await desk.book(caller, FIRST + MINUTES_20, patient=gid(patient))
        assert (codes(payload), payload["errors"][0]["path"]) == (["NOT_FOUND"], ["patient"]), caller
    assert codes(await desk.book("stranger", FIRST + MINUTES_20, patient=gid(clinic.bob))) == ["NOT_FOUND"]  # not their schedule
    payload = await desk.do("staff", "book", start=iso(FIRST), provider=gid(clinic.house), visitType=gid(clinic.follow_up))
    assert (codes(payload), payload["errors"][0]["path"]) == (["INVALID"], ["patient"])
    nobody: tuple[str | None, ...] = ("admin", "analyst", None)
    for who in nobody:
        answer = await desk.ask(
            who, "book", start=iso(FIRST), provider=gid(clinic.house), visitType=gid(clinic.follow_up), patient=gid(clinic.bob)
        )
        assert answer.codes in (["FORBIDDEN"], ["UNAUTHENTICATED"])
    await check_schedule()


async def test_the_child_of_a_proxy_without_the_scope_is_not_there(desk: Desk, graph: Graph) -> None:
    await Patient.find_one(Patient.id == graph.clinic.child.id).update({"$set": {"proxies.0.scope": ["RECORDS", "BILLING"]}})
    payload = await desk.book("parent", patient=gid(graph.clinic.child))
    assert codes(payload) == ["NOT_FOUND"]


async def test_confidential_visits_are_not_for_proxies(desk: Desk, graph: Graph) -> None:
    graph.clinic.follow_up.confidentiality = Confidentiality.RESTRICTED
    await graph.clinic.follow_up.save()
    assert codes(await desk.book("parent", patient=gid(graph.clinic.child))) == ["CONFIDENTIAL"]
    await desk.booked("staff", patient=gid(graph.clinic.child))
    stored = await Appointment.find_one({"start": FIRST})
    event = await ScheduleEvent.find_one({"appointment_id": stored.id if stored else ""})
    assert stored is not None
    assert event is not None
    assert stored.confidentiality is event.confidentiality is Confidentiality.RESTRICTED


async def test_what_is_not_offered_or_not_there(desk: Desk, graph: Graph) -> None:
    clinic = graph.clinic
    other = VisitType(name="Surgery", duration_minutes=60, modes=[VisitMode.IN_PERSON], price=dollars(1))
    await other.insert()
    payload = await desk.book("alice", visitType=gid(other), mode="PHONE", reason="x" * 1001)
    assert [error["path"] for error in payload["errors"]] == [["visitType"], ["mode"], ["reason"]]
    clinic.follow_up.active = False
    await clinic.follow_up.save()
    assert codes(await desk.book("alice")) == ["INVALID"]


async def test_ids_of_another_type_and_of_nothing(desk: Desk, graph: Graph) -> None:
    clinic = graph.clinic
    answer = await desk.ask("alice", "book", start=iso(FIRST), provider=gid(clinic.follow_up), visitType=gid(clinic.follow_up))
    assert answer.data is None
    assert "is an id of type VisitType, not Provider" in answer.errors[0].message
    ghost = Provider(npi="1", npi_verified=False, name=clinic.house.name)
    assert codes(await desk.book("alice", provider=gid(ghost))) == ["NOT_FOUND"]
    clinic.house.active = False
    await clinic.house.save()
    assert codes(await desk.book("alice")) == ["NOT_FOUND"]


async def test_a_provider_who_takes_no_new_patients_takes_known_ones(desk: Desk, graph: Graph) -> None:
    graph.clinic.house.accepting_new_patients = False
    await graph.clinic.house.save()
    assert codes(await desk.book("bob")) == ["NO_NEW_PATIENTS"]
    await desk.booked("alice")
    await desk.booked("staff", FIRST + MINUTES_20, patient=gid(graph.clinic.bob))  # the desk knows best


async def test_who_has_a_visit_is_under_care(desk: Desk, graph: Graph) -> None:
    query = "query($id: ID!) { patient(id: $id) { mrn } }"
    assert (await graph.data("house", query, id=gid(graph.clinic.bob)))["patient"] is None
    await desk.booked("bob")
    assert (await graph.data("house", query, id=gid(graph.clinic.bob)))["patient"] == {"mrn": "M0000000002"}


async def test_leave_and_extra_hours(desk: Desk, graph: Graph) -> None:
    house = graph.clinic.house
    tuesday = FIRST + timedelta(days=1)
    exceptions = [
        AvailabilityException(date=FIRST.date(), start="09:00", end="09:30", available=False),
        AvailabilityException(date=tuesday.date(), start="09:00", end="10:00", available=True),
    ]
    house.availability = house.availability.model_copy(update={"exceptions": exceptions})
    await house.save()
    assert codes(await desk.book("alice", FIRST)) == ["NOT_OFFERED"]
    assert codes(await desk.book("alice", FIRST + MINUTES_20)) == ["NOT_OFFERED"]
    await desk.booked("alice", FIRST + 2 * MINUTES_20)
    await desk.booked("alice", tuesday)
    await check_schedule()


class TestIdempotency:
    async def test_the_same_key_and_input_give_the_same_answer(self, desk: Desk) -> None:
        first = await desk.book("alice", idempotencyKey="k")
        assert await desk.book("alice", idempotencyKey="k") == first
        assert first["errors"] == []
        assert await Appointment.find({"start": FIRST}).count() == 1
        await check_schedule()

    async def test_another_input_is_a_conflict(self, desk: Desk) -> None:
        await desk.book("alice", idempotencyKey="k")
        payload = await desk.book("alice", FIRST + MINUTES_20, idempotencyKey="k")
        assert codes(payload) == ["IDEMPOTENCY_CONFLICT"]
        assert await Appointment.find({"start": {"$gte": FIRST}}).count() == 1

    async def test_racers_with_one_key_book_once(self, desk: Desk) -> None:
        payloads = await asyncio.gather(*(desk.book("alice", idempotencyKey="k") for _ in range(8)))
        assert all(payload == payloads[0] for payload in payloads)
        assert payloads[0]["errors"] == []
        await check_schedule()


async def test_two_hundred_racers_on_one_slot(desk: Desk, graph: Graph) -> None:
    """One winner, 199 clear refusals, no fault."""
    patients = [
        Patient(mrn=f"M1{number:09d}", name=graph.clinic.bob.name, birth_date=graph.clinic.bob.birth_date)
        for number in range(200)
    ]
    await Patient.insert_many(patients)
    payloads = await asyncio.gather(*(desk.book("staff", patient=gid(patient)) for patient in patients))
    outcomes = [codes(payload) for payload in payloads]
    assert sorted(outcomes) == [[]] + [["SLOT_UNAVAILABLE"]] * 199
    blocked: list[Any] = [payload["errors"][0] for payload in payloads if payload["errors"]]
    assert all(error["blockedBy"]["start"] == "2026-03-09T13:00:00Z" for error in blocked)
    assert all(len(error["alternatives"]) == 3 for error in blocked)
    await check_schedule()


async def test_one_patient_races_for_many_providers(desk: Desk, graph: Graph) -> None:
    """The patient's own time is guarded as the provider's is."""
    house = graph.clinic.house
    providers = [
        house.model_copy(update={"id": f"01JTESTPROVIDER{number:011d}", "npi": str(number), "npi_verified": False})
        for number in range(20)
    ]
    await Provider.insert_many(providers)
    payloads = await asyncio.gather(*(desk.book("alice", provider=gid(provider)) for provider in providers))
    assert sorted(codes(payload) for payload in payloads) == [[]] + [["SLOT_UNAVAILABLE"]] * 19
    await check_schedule()


async def test_a_visit_over_midnight_is_guarded_in_both_days(desk: Desk, graph: Graph) -> None:
    house = graph.clinic.house
    house.availability = Availability(weekly=[WeeklyHours(weekday=Weekday.MONDAY, start="19:50", end="20:30")])
    await house.save()
    midnight = datetime(2026, 3, 10, 0, 0, tzinfo=UTC)
    await desk.booked("alice", midnight - timedelta(minutes=10))
    assert await BusyDay.find({"owner_id": house.id}).count() == 2
    for minutes in (-20, -5, 0, 5):
        payload = await desk.book("staff", midnight + timedelta(minutes=minutes), patient=gid(graph.clinic.bob))
        assert codes(payload) == (["OUTSIDE_HOURS"] if minutes == -20 else ["SLOT_UNAVAILABLE"])
    await desk.booked("staff", midnight + timedelta(minutes=10), patient=gid(graph.clinic.bob))
    await check_schedule()
