"""Moving, cancelling and reinstating visits, and where they stand."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from models.appointment import Appointment, AppointmentStatus, ScheduleEvent
from models.visit_type import CancellationPolicy
from resolvers.scheduling.statuses import ENDS, may_follow
from tests.clinic import NOON, dollars
from tests.graph import Graph, gid
from tests.schema.appointment.desk import FIRST, MINUTES_20, Desk, check_schedule, codes, iso


async def events_of(visit_id: str) -> list[tuple[str, str | None]]:
    stored = await Appointment.find({"start": {"$gte": FIRST}}).to_list()
    found = [visit for visit in stored if gid(visit) == visit_id]
    events = await ScheduleEvent.find({"appointment_id": found[0].id}).sort("sequence").to_list()
    return [(event.kind.value, event.by.value if event.by else None) for event in events]


class TestReschedule:
    async def test_it_is_one_step_and_keeps_the_identity(self, desk: Desk) -> None:
        visit_id = await desk.booked("alice")
        payload = await desk.do("alice", "reschedule", id=visit_id, start=iso(FIRST + MINUTES_20))
        assert payload["errors"] == []
        visit = payload["appointment"]
        assert (visit["id"], visit["revision"], visit["status"]) == (visit_id, 2, "BOOKED")
        assert (visit["start"][11:16], visit["end"][11:16]) == ("13:20", "13:40")
        assert await events_of(visit_id) == [("BOOKED", "PATIENT"), ("RESCHEDULED", "PATIENT")]
        moved = await ScheduleEvent.find_one({"kind": "RESCHEDULED"})
        assert moved is not None
        assert (moved.previous_start, moved.previous_end) == (FIRST, FIRST + MINUTES_20)
        await check_schedule()
        await desk.booked("bob", FIRST)  # what was left is free

    async def test_it_may_overlap_its_own_old_time(self, desk: Desk) -> None:
        visit_id = await desk.booked("alice")
        payload = await desk.do("house", "reschedule", id=visit_id, start=iso(FIRST + timedelta(minutes=10)))
        assert payload["errors"] == []
        await check_schedule()

    async def test_a_taken_time_is_refused_and_the_visit_stays(self, desk: Desk) -> None:
        visit_id = await desk.booked("alice")
        await desk.booked("bob", FIRST + MINUTES_20)
        payload = await desk.do("alice", "reschedule", id=visit_id, start=iso(FIRST + MINUTES_20))
        assert codes(payload) == ["SLOT_UNAVAILABLE"]
        # The time that the visit itself takes is offered, for it would be given back.
        assert [slot["start"][11:16] for slot in payload["errors"][0]["alternatives"]] == ["13:40", "14:00", "14:20"]
        await check_schedule()
        stored = await Appointment.find_one({"start": FIRST})
        assert stored is not None
        assert stored.revision == 1

    @pytest.mark.parametrize(
        ("given", "code"),
        [
            ({"start": FIRST}, "UNCHANGED"),
            ({"start": NOON - timedelta(days=1)}, "IN_THE_PAST"),
            ({"start": FIRST + timedelta(minutes=3)}, "NOT_OFFERED"),
            ({"start": FIRST + MINUTES_20, "override": {"reason": "x"}}, "STAFF_ONLY"),
            ({"start": FIRST + MINUTES_20, "expectedRevision": 7}, "CONFLICT"),
        ],
    )
    async def test_refusals(self, desk: Desk, given: dict[str, Any], code: str) -> None:
        visit_id = await desk.booked("alice")
        given["start"] = iso(given["start"])
        assert codes(await desk.do("alice", "reschedule", id=visit_id, **given)) == [code]
        await check_schedule()

    async def test_patients_are_too_late_when_cancelling_would_cost_them(self, desk: Desk, graph: Graph) -> None:
        graph.clinic.follow_up.cancellation_policy = CancellationPolicy(notice_minutes=24 * 60)
        await graph.clinic.follow_up.save()
        visit_id = await desk.booked("alice")
        desk.at(FIRST - timedelta(hours=23))
        later = iso(FIRST + timedelta(days=7))
        assert codes(await desk.do("alice", "reschedule", id=visit_id, start=later)) == ["TOO_LATE"]
        assert codes(await desk.do("staff", "reschedule", id=visit_id, start=later)) == []

    async def test_two_at_once_move_it_once(self, desk: Desk) -> None:
        visit_id = await desk.booked("alice")
        starts = [iso(FIRST + number * MINUTES_20) for number in (1, 2, 3, 4)]
        payloads = await asyncio.gather(
            *(desk.do("alice", "reschedule", id=visit_id, start=start, expectedRevision=1) for start in starts)
        )
        assert sorted(codes(payload) for payload in payloads) == [[], *[["CONFLICT"]] * 3]
        await check_schedule()

    async def test_who_sees_a_visit_and_may_not_change_it(self, desk: Desk, graph: Graph) -> None:
        visit_id = await desk.booked("alice")
        for caller, code in (("bob", "NOT_FOUND"), ("parent", "NOT_FOUND"), ("stranger", "NOT_FOUND")):
            given = {"id": visit_id, "start": iso(FIRST + MINUTES_20)}
            assert codes(await desk.do(caller, "reschedule", **given)) == [code]
        graph.clinic.alice.treated_by = [graph.clinic.house.id, graph.clinic.stranger.id]
        await graph.clinic.alice.save()
        assert codes(await desk.do("stranger", "cancel", id=visit_id)) == ["NOT_YOURS"]


class TestCancel:
    @pytest.fixture(autouse=True)
    async def policy(self, graph: Graph) -> None:
        late, no_show = dollars(2500), dollars(5000)
        policy = CancellationPolicy(notice_minutes=24 * 60, late_fee=late, no_show_fee=no_show)
        graph.clinic.follow_up.cancellation_policy = policy
        await graph.clinic.follow_up.save()

    @pytest.mark.parametrize(
        ("caller", "hours", "late", "fee"),
        [("alice", 24, False, None), ("alice", 23, True, 2500), ("house", 1, True, None), ("staff", 1, True, None)],
    )
    async def test_who_when_why_and_the_fee_are_kept(
        self, desk: Desk, caller: str, hours: int, late: bool, fee: int | None
    ) -> None:
        visit_id = await desk.booked("alice")
        desk.at(FIRST - timedelta(hours=hours))
        payload = await desk.do(caller, "cancel", id=visit_id, reason="Away")
        assert payload["errors"] == []
        cancellation = payload["appointment"]["cancellation"]
        by = {"alice": "PATIENT", "house": "PROVIDER", "staff": "STAFF"}[caller]
        expected = {"by": by, "late": late, "fee": {"minorUnits": fee} if fee else None, "reason": "Away"}
        assert cancellation == expected
        assert (payload["appointment"]["status"], payload["appointment"]["start"][11:16]) == ("CANCELLED", "13:00")
        assert await events_of(visit_id) == [("BOOKED", "PATIENT"), ("CANCELLED", by)]
        await check_schedule()

    async def test_it_is_done_once_and_not_after_the_start(self, desk: Desk) -> None:
        visit_id = await desk.booked("alice")
        other = await desk.booked("alice", FIRST + MINUTES_20)
        assert codes(await desk.do("alice", "cancel", id=visit_id)) == []
        assert codes(await desk.do("alice", "cancel", id=visit_id)) == ["ENDED"]
        desk.at(FIRST + MINUTES_20)
        assert codes(await desk.do("alice", "cancel", id=other)) == ["TOO_LATE"]
        assert codes(await desk.do("alice", "cancel", id=other, waiveFee=True)) == ["TOO_LATE"]
        assert codes(await desk.do("staff", "cancel", id=other, waiveFee=True)) == []

    async def test_patients_waive_nothing(self, desk: Desk) -> None:
        visit_id = await desk.booked("alice")
        assert codes(await desk.do("alice", "cancel", id=visit_id, waiveFee=True)) == ["STAFF_ONLY"]
        await check_schedule()

    async def test_the_time_is_free_again(self, desk: Desk) -> None:
        visit_id = await desk.booked("alice")
        await desk.do("alice", "cancel", id=visit_id)
        await desk.booked("bob")
        await check_schedule()


class TestSeries:
    async def test_weeks_stay_on_the_wall_clock(self, desk: Desk) -> None:
        autumn = FIRST.replace(month=10, day=19)
        payload = await desk.book("staff", autumn, recurrence="FREQ=WEEKLY;COUNT=4")
        assert payload["errors"] == []
        starts = [visit["start"] for visit in payload["appointments"]]
        days = ("10-19T13", "10-26T13", "11-02T14", "11-09T14")
        assert starts == [f"2026-{day}:00:00Z" for day in days]
        assert len({visit["series"] for visit in payload["appointments"]}) == 1
        await check_schedule()

    async def test_all_or_nothing_and_every_conflict_is_named(self, desk: Desk) -> None:
        for weeks in (1, 3):
            await desk.booked("bob", FIRST + timedelta(days=7 * weeks))
        before = await Appointment.count()
        payload = await desk.book("alice", recurrence="FREQ=WEEKLY;COUNT=5")
        assert codes(payload) == ["SLOT_UNAVAILABLE", "SLOT_UNAVAILABLE"]
        assert [error["path"] for error in payload["errors"]] == [["recurrence", "1"], ["recurrence", "3"]]
        assert all(len(error["alternatives"]) == 3 for error in payload["errors"])
        assert await Appointment.count() == before
        await check_schedule()

    @pytest.mark.parametrize("rule", ["FREQ=WEEKLY", "FREQ=SECONDLY;COUNT=3", "nonsense", "FREQ=DAILY;COUNT=53", ""])
    async def test_bad_rules(self, desk: Desk, rule: str) -> None:
        payload = await desk.book("alice", recurrence=rule)
        assert [(error["code"], error["path"]) for error in payload["errors"]] == [("INVALID", ["recurrence"])]

    async def test_one_is_moved_and_the_others_stay(self, desk: Desk) -> None:
        payload = await desk.book("alice", recurrence="FREQ=WEEKLY;COUNT=3")
        ids = [visit["id"] for visit in payload["appointments"]]
        moved = iso(FIRST + timedelta(days=7) + MINUTES_20)
        assert codes(await desk.do("alice", "reschedule", id=ids[1], start=moved)) == []
        starts = sorted(
            visit.start.day for visit in await Appointment.find({"series_id": {"$ne": None}}).to_list() if visit.start
        )
        assert starts == [9, 16, 23]
        await check_schedule()

    async def test_the_rest_of_a_series_is_called_off(self, desk: Desk) -> None:
        payload = await desk.book("alice", recurrence="FREQ=WEEKLY;COUNT=4")
        ids = [visit["id"] for visit in payload["appointments"]]
        await desk.do("alice", "cancel", id=ids[3])
        called = await desk.do("alice", "cancel", id=ids[1], following=True)
        assert [visit["id"] for visit in called["appointments"]] == ids[1:3]
        assert await Appointment.find({"series_id": {"$ne": None}, "status": "BOOKED"}).count() == 1
        await check_schedule()

    async def test_a_series_races_a_booking(self, desk: Desk) -> None:
        answers = await asyncio.gather(
            desk.book("alice", recurrence="FREQ=WEEKLY;COUNT=10"),
            *(desk.book("bob", FIRST + timedelta(days=7 * weeks)) for weeks in range(10)),
        )
        series, singles = answers[0], answers[1:]
        if series["errors"]:
            assert any(not payload["errors"] for payload in singles)
        else:
            assert all(codes(payload) == ["SLOT_UNAVAILABLE"] for payload in singles)
        await check_schedule()


class TestStatus:
    async def test_a_visit_goes_its_way(self, desk: Desk) -> None:
        visit_id = await desk.booked("alice")
        desk.at(FIRST)
        for number, status in enumerate(("ARRIVED", "CHECKED_IN", "FULFILLED")):
            payload = await desk.do("house", "setStatus", id=visit_id, status=status, expectedRevision=number + 1)
            assert (codes(payload), payload["appointment"]["status"]) == ([], status)
        assert codes(await desk.do("house", "setStatus", id=visit_id, status="BOOKED")) == ["NOT_ALLOWED"]
        await check_schedule()

    async def test_no_show_never_before_the_start_and_at_a_fee(self, desk: Desk, graph: Graph) -> None:
        graph.clinic.follow_up.cancellation_policy = CancellationPolicy(no_show_fee=dollars(5000))
        await graph.clinic.follow_up.save()
        visit_id = await desk.booked("alice")
        other = await desk.booked("bob", FIRST + MINUTES_20)
        desk.at(FIRST - timedelta(seconds=1))
        assert codes(await desk.do("staff", "setStatus", id=visit_id, status="NO_SHOW")) == ["TOO_EARLY"]
        desk.at(FIRST + timedelta(hours=1))
        assert codes(await desk.do("staff", "setStatus", id=visit_id, status="NO_SHOW")) == []
        assert codes(await desk.do("staff", "setStatus", id=other, status="NO_SHOW", waiveFee=True)) == []
        query = "query($id: ID!) { appointment(id: $id) { noShowFee { minorUnits } } }"
        assert (await graph.data("alice", query, id=visit_id))["appointment"]["noShowFee"] == {"minorUnits": 5000}
        assert (await graph.data("bob", query, id=other))["appointment"]["noShowFee"] is None
        await check_schedule()

    async def test_entered_in_error_gives_the_time_back(self, desk: Desk) -> None:
        visit_id = await desk.booked("alice")
        assert codes(await desk.do("staff", "setStatus", id=visit_id, status="ENTERED_IN_ERROR")) == []
        await desk.booked("bob")
        await check_schedule()

    async def test_cancelling_has_its_own_road_and_patients_have_none(self, desk: Desk) -> None:
        visit_id = await desk.booked("alice")
        assert codes(await desk.do("staff", "setStatus", id=visit_id, status="CANCELLED")) == ["USE_CANCEL"]
        assert (await desk.ask("alice", "setStatus", id=visit_id, status="ARRIVED")).codes == ["FORBIDDEN"]

    async def test_a_proposed_visit_is_confirmed_through_the_guard(self, desk: Desk, graph: Graph) -> None:
        clinic = graph.clinic
        common = {"provider_id": clinic.house.id, "visit_type_id": clinic.follow_up.id, "time_zone": "America/New_York"}
        proposed = [
            Appointment(status=AppointmentStatus.PROPOSED, start=FIRST, patient_id=patient.id, **common)
            for patient in (clinic.alice, clinic.bob)
        ]
        for visit in proposed:
            await visit.insert()
        payloads = await asyncio.gather(*(desk.do("staff", "setStatus", id=gid(visit), status="BOOKED") for visit in proposed))
        assert sorted(codes(payload) for payload in payloads) == [[], ["SLOT_UNAVAILABLE"]]
        await check_schedule()

    def test_ends_are_ends(self) -> None:
        for end in ENDS:
            assert not any(may_follow(status, end) for status in AppointmentStatus)
        for status in set(AppointmentStatus) - ENDS:
            assert may_follow(AppointmentStatus.ENTERED_IN_ERROR, status)
            assert not may_follow(AppointmentStatus.CANCELLED, status)


class TestReinstate:
    async def test_the_visit_is_made_anew_once(self, desk: Desk, graph: Graph) -> None:
        visit_id = await desk.booked("alice", reason="Knee")
        await desk.do("alice", "cancel", id=visit_id)
        payloads = await asyncio.gather(*(desk.do("staff", "reinstate", id=visit_id) for _ in range(4)))
        assert sum(not payload["errors"] for payload in payloads) == 1
        assert {code for payload in payloads for code in codes(payload)} <= {"CONFLICT", "SLOT_UNAVAILABLE"}
        made = next(payload["appointment"] for payload in payloads if payload["appointment"])
        assert (made["status"], made["start"][11:16], made["reason"]) == ("BOOKED", "13:00", "Knee")
        query = "query($id: ID!) { appointment(id: $id) { previous { id status } } }"
        shown = await graph.data("alice", query, id=made["id"])
        assert shown["appointment"]["previous"] == {"id": visit_id, "status": "CANCELLED"}
        await check_schedule()

    async def test_a_taken_time_stays_taken(self, desk: Desk) -> None:
        visit_id = await desk.booked("alice")
        await desk.do("alice", "cancel", id=visit_id)
        await desk.booked("bob")
        assert codes(await desk.do("staff", "reinstate", id=visit_id)) == ["SLOT_UNAVAILABLE"]
        other = await desk.booked("bob", FIRST + MINUTES_20)
        assert codes(await desk.do("staff", "reinstate", id=other)) == ["NOT_ENDED"]
        await check_schedule()
