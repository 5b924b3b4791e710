"""Asking for visits: what the tests of booking share."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from models.appointment import HOLDS_TIME, Appointment, ScheduleEvent, ScheduleFeed
from models.busy_day import BusyDay
from schema.node import global_id
from tests.graph import Answer, Graph

FIRST = datetime(2026, 3, 9, 13, 0, tzinfo=UTC)
"""Monday, 09:00 in New York, where summer has begun the day before."""

_ERRORS = """errors { __typename code path message ... on SlotUnavailable {
    blockedBy { start end } alternatives { start end timeZone modes provider { npi } visitType { name } } } }"""
_VISIT = "id status start end revision series reason mode cancellation { by late fee { minorUnits } reason }"

OPERATIONS = {
    "book": "BookAppointmentInput! bookAppointment appointments",
    "reschedule": "RescheduleAppointmentInput! rescheduleAppointment",
    "cancel": "CancelAppointmentInput! cancelAppointment appointments",
    "setStatus": "SetAppointmentStatusInput! setAppointmentStatus",
    "reinstate": "ReinstateAppointmentInput! reinstateAppointment",
    "join": "JoinWaitlistInput! joinWaitlist",
    "accept": "AcceptOfferInput! acceptOffer",
    "decline": "DeclineOfferInput! declineOffer",
}


def operation(name: str) -> str:
    type_, field, *more = OPERATIONS[name].split()
    listed = f"appointments {{ {_VISIT} }}" if more else ""
    return (
        f"mutation($input: {type_}) {{ {field}(input: $input) {{ "
        f"appointment {{ {_VISIT} waitlist {{ offer {{ start expiresAt }} }} }} "
        f"{listed} {_ERRORS} }} }}"
    )


def iso(instant: datetime) -> str:
    return instant.isoformat()


@dataclass
class Desk:
    """``await desk.book("alice", start=...)``: the payload of the mutation, asked by a caller of the small clinic."""

    graph: Graph

    async def ask(self, caller: str | None, name: str, **given: Any) -> Answer:
        return await self.graph.ask(caller, operation(name), input=given)

    async def do(self, caller: str, name: str, **given: Any) -> Any:
        answer = await self.ask(caller, name, **given)
        assert answer.errors == []
        return answer.data[OPERATIONS[name].split()[1]]

    async def book(self, caller: str, start: datetime = FIRST, **given: Any) -> Any:
        clinic = self.graph.clinic
        given.setdefault("provider", global_id("Provider", clinic.house.id))
        given.setdefault("visitType", global_id("VisitType", clinic.follow_up.id))
        if caller not in {"alice", "bob"}:
            given.setdefault("patient", global_id("Patient", clinic.alice.id))
        return await self.do(caller, "book", start=iso(start), **given)

    async def booked(self, caller: str, start: datetime = FIRST, **given: Any) -> str:
        """The id of a visit that must be booked."""
        payload = await self.book(caller, start, **given)
        assert payload["errors"] == []
        visit_id: str = payload["appointment"]["id"]
        return visit_id

    def at(self, instant: datetime) -> None:
        """Puts the clock there."""
        self.graph.ports.clock.instant = instant  # type: ignore[attr-defined]


def codes(payload: Any) -> list[str]:
    return [error["code"] for error in payload["errors"]]


async def check_schedule(may_overlap: bool = False) -> None:
    """What must hold at every point: taken time and visits tell the same, nobody is in two places, no event is missing."""
    taken: dict[str, dict[str, tuple[datetime, datetime]]] = {}
    for day in await BusyDay.find_all().to_list():
        for period in day.periods:
            if period.expires_at is None:
                taken.setdefault(day.owner_id, {})[period.appointment_id] = (period.start, period.end)
    expected: dict[str, dict[str, tuple[datetime, datetime]]] = {}
    for visit in await Appointment.find({"busy_start": {"$type": "date"}}).to_list():
        if visit.status in HOLDS_TIME and visit.start and visit.end and visit.busy_start and visit.busy_end:
            expected.setdefault(visit.provider_id, {})[visit.id] = (visit.busy_start, visit.busy_end)
            expected.setdefault(visit.patient_id, {})[visit.id] = (visit.start, visit.end)
    assert taken == expected
    if not may_overlap:
        for spans in taken.values():
            ordered = sorted(spans.values())
            assert all(one[1] <= other[0] for one, other in pairwise(ordered))
    for feed in await ScheduleFeed.find_all().to_list():
        events = await ScheduleEvent.find({"provider_id": feed.id}).sort("sequence").to_list()
        assert [event.sequence for event in events] == list(range(1, feed.sequence + 1))


MINUTES_20 = timedelta(minutes=20)
