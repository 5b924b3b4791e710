"""The waiting list: in order, one at a time, with a hold that ends by itself."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from models.appointment import Appointment
from models.patient import Patient
from resolvers.bookings.offers_watch import pass_on_expired, tell_of_offers
from tests.clinic import NOON
from tests.graph import Graph, gid
from tests.schema.appointment.desk import FIRST, MINUTES_20, Desk, check_schedule, codes, iso


@pytest.fixture
async def full(desk: Desk, graph: Graph) -> str:
    """The id of the first visit of a morning that is all booked."""
    others = [Patient(mrn=f"M2{number:09d}", name=graph.clinic.bob.name) for number in range(9)]
    await Patient.insert_many(others)
    ids = [await desk.booked("staff", FIRST + number * MINUTES_20, patient=gid(patient)) for number, patient in enumerate(others)]
    return ids[0]


async def join(desk: Desk, caller: str, **given: Any) -> Any:
    clinic = desk.graph.clinic
    return await desk.do(caller, "join", provider=gid(clinic.house), visitType=gid(clinic.follow_up), **given)


async def offer_of(desk: Desk, caller: str, visit_id: str) -> Any:
    query = "query($id: ID!) { appointment(id: $id) { status start waitlist { earliest offer { start end expiresAt } } } }"
    return (await desk.graph.data(caller, query, id=visit_id))["appointment"]


async def test_who_waits_has_no_time_yet(desk: Desk, full: str) -> None:
    payload = await join(desk, "alice", reason="Knee")
    assert payload["errors"] == []
    assert (payload["appointment"]["status"], payload["appointment"]["start"]) == ("WAITLISTED", None)
    assert codes(await join(desk, "alice")) == ["CONFLICT"]
    await check_schedule()


async def test_the_first_in_line_gets_what_becomes_free_and_takes_it(desk: Desk, full: str) -> None:
    first = (await join(desk, "alice"))["appointment"]["id"]
    desk.at(NOON + timedelta(minutes=1))
    second = (await join(desk, "bob"))["appointment"]["id"]
    await desk.do("staff", "cancel", id=full)
    shown = await offer_of(desk, "alice", first)
    assert shown["waitlist"]["offer"] == {
        "start": "2026-03-09T13:00:00Z",
        "end": "2026-03-09T13:20:00Z",
        "expiresAt": iso(NOON + timedelta(hours=2, minutes=1)).replace("+00:00", "Z"),
    }
    assert (await offer_of(desk, "bob", second))["waitlist"]["offer"] is None
    # It is held: nobody else books it, and who waits second cannot take it.
    assert codes(await desk.book("bob")) == ["SLOT_UNAVAILABLE"]
    assert codes(await desk.do("bob", "accept", id=second)) == ["NO_OFFER"]
    payload = await desk.do("alice", "accept", id=first)
    assert (codes(payload), payload["appointment"]["status"]) == ([], "BOOKED")
    assert payload["appointment"]["start"] == "2026-03-09T13:00:00Z"
    await check_schedule()


async def test_declined_it_goes_to_the_next(desk: Desk, full: str) -> None:
    first = (await join(desk, "alice"))["appointment"]["id"]
    desk.at(NOON + timedelta(minutes=1))
    second = (await join(desk, "bob"))["appointment"]["id"]
    await desk.do("staff", "cancel", id=full)
    payload = await desk.do("alice", "decline", id=first)
    assert (codes(payload), payload["appointment"]["waitlist"]["offer"]) == ([], None)
    assert (await offer_of(desk, "bob", second))["waitlist"]["offer"]["start"] == "2026-03-09T13:00:00Z"
    assert codes(await desk.do("alice", "accept", id=first)) == ["NO_OFFER"]
    # Nobody is left: free for all again.
    await desk.do("bob", "decline", id=second)
    await desk.booked("alice")
    await check_schedule()


async def test_a_hold_ends_by_itself(desk: Desk, graph: Graph, full: str) -> None:
    first = (await join(desk, "alice"))["appointment"]["id"]
    await desk.do("staff", "cancel", id=full)
    desk.at(NOON + timedelta(hours=2))
    assert codes(await desk.do("alice", "accept", id=first)) == ["OFFER_EXPIRED"]
    assert (await offer_of(desk, "alice", first))["waitlist"]["offer"] is None
    await desk.booked("bob")  # without anybody having tidied up
    await check_schedule()


async def test_what_is_not_taken_in_time_is_passed_on_by_one_of_many_processes(desk: Desk, graph: Graph, full: str) -> None:
    first = (await join(desk, "alice"))["appointment"]["id"]
    desk.at(NOON + timedelta(minutes=1))
    second = (await join(desk, "bob"))["appointment"]["id"]
    await desk.do("staff", "cancel", id=full)
    desk.at(NOON + timedelta(hours=3))
    passed = await asyncio.gather(*(pass_on_expired(graph.context(None)) for _ in range(4)))
    assert sum(passed) == 1
    assert (await offer_of(desk, "alice", first))["waitlist"]["offer"] is None
    assert (await offer_of(desk, "bob", second))["waitlist"]["offer"]["start"] == "2026-03-09T13:00:00Z"
    assert codes(await desk.do("bob", "accept", id=second)) == []
    await check_schedule()


async def test_people_hear_once_that_there_is_something_and_not_what(desk: Desk, graph: Graph, full: str) -> None:
    await join(desk, "alice", reason="Knee")
    await desk.do("staff", "cancel", id=full)
    told = await asyncio.gather(*(tell_of_offers(graph.context(None)) for _ in range(3)))
    assert sum(told) == 1
    [mail] = graph.ports.mailer.mails  # type: ignore[attr-defined]
    assert mail.to == graph.clinic.accounts["alice"].email
    assert "Knee" not in mail.text
    assert "House" not in mail.text


async def test_an_offer_fits_the_wish_and_the_patient(desk: Desk, graph: Graph, full: str) -> None:
    too_late = await join(desk, "alice", earliest=iso(FIRST + timedelta(hours=1)))
    await desk.do("staff", "cancel", id=full)
    assert (await offer_of(desk, "alice", too_late["appointment"]["id"]))["waitlist"]["offer"] is None
    await desk.booked("bob")
    await check_schedule()


async def test_a_slot_that_is_about_to_begin_is_held_for_nobody(desk: Desk, full: str) -> None:
    visit_id = (await join(desk, "alice"))["appointment"]["id"]
    desk.at(FIRST - timedelta(minutes=15))
    await desk.do("staff", "cancel", id=full)
    assert (await offer_of(desk, "alice", visit_id))["waitlist"]["offer"] is None


async def test_leaving_the_list_gives_the_held_slot_back(desk: Desk, full: str) -> None:
    visit_id = (await join(desk, "alice"))["appointment"]["id"]
    await desk.do("staff", "cancel", id=full)
    assert codes(await desk.do("alice", "cancel", id=visit_id)) == []
    await desk.booked("bob")
    assert codes(await join(desk, "alice")) == []  # and may wait again
    await check_schedule()


async def test_the_offer_is_taken_by_one_of_two_clicks(desk: Desk, full: str) -> None:
    visit_id = (await join(desk, "alice"))["appointment"]["id"]
    await desk.do("staff", "cancel", id=full)
    payloads = await asyncio.gather(*(desk.do("alice", "accept", id=visit_id) for _ in range(4)))
    assert sum(not payload["errors"] for payload in payloads) == 1
    assert {code for payload in payloads for code in codes(payload)} <= {"NO_OFFER", "CONFLICT"}
    assert await Appointment.find({"start": FIRST, "status": "BOOKED"}).count() == 1
    await check_schedule()


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"latest": iso(NOON - timedelta(days=1))}, ["latest"]),
        ({"latest": iso(NOON + timedelta(days=400))}, ["latest"]),
        ({"mode": "PHONE"}, ["mode"]),
        ({"reason": "x" * 1001}, ["reason"]),
    ],
)
async def test_bad_wishes(desk: Desk, given: dict[str, Any], path: list[str]) -> None:
    payload = await join(desk, "alice", **given)
    assert [error["path"] for error in payload["errors"]] == [path]
