"""Video visits: who comes in and when, who is seen to be there, and what is told."""

import asyncio
from datetime import UTC, timedelta
from typing import Any

import pytest

from models.account import AccountKind
from models.appointment import Appointment, AppointmentStatus
from models.audit_event import AuditEvent
from models.confidentiality import Confidentiality
from models.idempotency import IdempotencyRecord
from models.visit_entry import VisitEntry
from models.visit_signal import VisitSignal
from models.visit_type import VisitMode
from resolvers.context import open_context
from resolvers.principal import ANONYMOUS
from resolvers.video.exits import end_abandoned
from schema.node import global_id
from tests.graph import Graph, gid

_ERRORS = "errors { __typename code path message }"
_VISIT = "visit { opensAt closesAt open participants { participant role joinedAt leftAt } }"
JOIN = f"mutation($input: JoinVisitInput!) {{ joinVisit(input: $input) {{ room {{ service url token }} {_VISIT} {_ERRORS} }} }}"
LEAVE = f"mutation($input: LeaveVisitInput!) {{ leaveVisit(input: $input) {{ {_VISIT} {_ERRORS} }} }}"
SEND = f"mutation($input: SendSignalInput!) {{ sendSignal(input: $input) {{ sent {_ERRORS} }} }}"
LOOK = f"query($id: ID!) {{ appointment(id: $id) {{ {_VISIT} }} }}"


class Visits:
    """The visit that Alice has with Dr. House next week, by video."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.coming: Appointment = graph.clinic.coming
        assert self.coming.start is not None
        self.start = self.coming.start

    def at(self, **after_the_start: float) -> None:
        self.graph.ports.clock.instant = self.start + timedelta(**after_the_start)  # type: ignore[attr-defined]

    async def change(self, **fields: Any) -> None:
        await Appointment.get_pymongo_collection().update_one({"_id": self.coming.id}, {"$set": fields})

    async def join(self, caller: str, **more: Any) -> Any:
        return (await self.graph.data(caller, JOIN, input={"appointment": gid(self.coming), **more}))["joinVisit"]

    async def leave(self, caller: str) -> Any:
        return (await self.graph.data(caller, LEAVE, input={"appointment": gid(self.coming)}))["leaveVisit"]

    async def send(self, caller: str, **more: Any) -> Any:
        given = {"appointment": gid(self.coming), "kind": "OFFER", "payload": "v=0", **more}
        return (await self.graph.data(caller, SEND, input=given))["sendSignal"]

    async def participants(self, caller: str) -> list[Any]:
        data = await self.graph.data(caller, LOOK, id=gid(self.coming))
        participants: list[Any] = data["appointment"]["visit"]["participants"]
        return participants


@pytest.fixture
def visits(graph: Graph) -> Visits:
    return Visits(graph)


def codes(payload: Any) -> list[str]:
    return [error["code"] for error in payload["errors"]]


async def test_the_visit_opens_15_minutes_before_the_start_and_closes_an_hour_after_the_end(visits: Visits) -> None:
    for after, code in [({"minutes": -15, "seconds": -1}, "TOO_EARLY"), ({"minutes": 80}, "TOO_LATE")]:
        visits.at(**after)
        payload = await visits.join("alice")
        assert (codes(payload), payload["room"], payload["errors"][0]["path"]) == ([code], None, ["appointment"])
        data = await visits.graph.data("alice", LOOK, id=gid(visits.coming))
        assert data["appointment"]["visit"]["open"] is False
        if code == "TOO_EARLY":
            opens_at = data["appointment"]["visit"]["opensAt"]
            assert opens_at == (visits.start - timedelta(minutes=15)).astimezone(UTC).isoformat().replace("+00:00", "Z")
            assert opens_at in payload["errors"][0]["message"]
    assert await VisitEntry.count() == 0
    for after in ({"minutes": -15}, {"minutes": 79, "seconds": 59}):
        visits.at(**after)
        payload = await visits.join("alice")
        assert (payload["errors"], payload["visit"]["open"]) == ([], True)
        assert payload["room"] == {"service": "PEER_TO_PEER", "url": None, "token": None}


@pytest.mark.parametrize("status", list(AppointmentStatus))
async def test_only_a_visit_that_is_booked_or_begun_is_open(visits: Visits, status: AppointmentStatus) -> None:
    visits.at(minutes=0)
    await visits.change(status=status.value)
    payload = await visits.join("house")
    joinable = status in {AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED, AppointmentStatus.CHECKED_IN}
    assert codes(payload) == ([] if joinable else ["NOT_JOINABLE"])
    assert await VisitEntry.count() == joinable
    stored = await Appointment.get(visits.coming.id)
    assert stored is not None
    assert stored.status is status  # joining says nothing about it


async def test_what_is_not_held_by_video_has_no_video_visit(visits: Visits) -> None:
    visits.at(minutes=0)
    await visits.change(mode=VisitMode.IN_PERSON.value)
    assert codes(await visits.join("alice")) == ["NOT_BY_VIDEO"]
    data = await visits.graph.data("alice", LOOK, id=gid(visits.coming))
    assert data == {"appointment": {"visit": None}}


async def test_patient_proxy_and_provider_come_in_and_nobody_else(visits: Visits) -> None:
    visits.at(minutes=0)
    clinic = visits.graph.clinic
    await visits.change(patient_id=clinic.child.id)
    assert codes(await visits.join("parent")) == []
    assert codes(await visits.join("house")) == []
    # Cares for the child, and so sees the visit; is not in it.
    await clinic.child.get_pymongo_collection().update_one(
        {"_id": clinic.child.id}, {"$set": {"treated_by": [clinic.stranger.id]}}
    )
    assert codes(await visits.join("stranger")) == ["NOT_A_PARTICIPANT"]
    refused = await visits.join("alice")
    absent = await visits.graph.data("alice", JOIN, input={"appointment": global_id("Appointment", "01ARZ3NDEKTSV4RRFFQ69G5FAV")})
    assert codes(refused) == ["NOT_FOUND"]
    assert refused == absent["joinVisit"]
    for caller, code in (("staff", "FORBIDDEN"), ("admin", "FORBIDDEN"), ("analyst", "FORBIDDEN"), (None, "UNAUTHENTICATED")):
        for query in (JOIN, LEAVE):
            assert (await visits.graph.ask(caller, query, input={"appointment": gid(visits.coming)})).codes == [code]
    roles = [(each["role"]) for each in await visits.participants("house")]
    assert roles == ["PROXY", "PROVIDER"]
    assert await VisitEntry.count() == 2


async def test_a_confidential_visit_is_not_a_proxys(visits: Visits) -> None:
    visits.at(minutes=0)
    await visits.change(patient_id=visits.graph.clinic.child.id, confidentiality=Confidentiality.RESTRICTED.value)
    assert codes(await visits.join("parent")) == ["NOT_FOUND"]
    await visits.graph.clinic.accounts["parent"].set({"roles": ["PATIENT", "STAFF"]})  # sees it, for another reason
    visits.graph.clinic.accounts["parent"].roles = visits.graph.clinic.accounts["parent"].roles
    assert codes(await visits.join("parent")) == ["NOT_A_PARTICIPANT"]


async def test_a_machine_takes_no_part(visits: Visits) -> None:
    visits.at(minutes=0)
    visits.graph.clinic.accounts["house"].kind = AccountKind.SERVICE
    for query, more in ((JOIN, {}), (LEAVE, {}), (SEND, {"kind": "BYE", "payload": ""})):
        answer = await visits.graph.ask("house", query, input={"appointment": gid(visits.coming), **more})
        assert answer.codes == ["A person must do this: service tokens may not."]
    assert await VisitEntry.count() == 0


async def test_entries_and_exits_are_recorded_and_the_provider_sees_who_waits(visits: Visits) -> None:
    visits.at(minutes=-10)
    await visits.join("alice")
    [waiting] = await visits.participants("house")
    assert (waiting["role"], waiting["leftAt"]) == ("PATIENT", None)
    assert visits.graph.clinic.accounts["alice"].id not in str(waiting)
    visits.at(minutes=-9)
    payload = await visits.leave("alice")
    assert codes(payload) == []
    [left] = await visits.participants("house")
    assert left["leftAt"] == (visits.start - timedelta(minutes=9)).isoformat().replace("+00:00", "Z")
    assert codes(await visits.leave("alice")) == []  # is not in: nothing to do
    visits.at(minutes=-8)
    await visits.join("alice")
    await visits.join("house")
    stays = await visits.participants("house")
    assert [(each["role"], each["leftAt"] is None) for each in stays] == [
        ("PATIENT", False),
        ("PATIENT", True),
        ("PROVIDER", True),
    ]
    assert stays[0]["participant"] == stays[1]["participant"] != stays[2]["participant"]
    changes = await AuditEvent.find({"fields": "VisitEntry.left_at"}).to_list()
    assert [(entry.action, entry.patient_id) for entry in changes] == [("Mutation.leaveVisit", visits.coming.patient_id)]
    assert await AuditEvent.find({"fields": "VisitEntry.joined_at"}).count() == 3


async def test_patients_see_themselves_and_the_provider_and_the_front_desk_sees_nobody(visits: Visits) -> None:
    visits.at(minutes=0)
    await visits.change(patient_id=visits.graph.clinic.child.id)
    await visits.join("parent")
    assert [each["role"] for each in await visits.participants("parent")] == ["PROXY"]
    await visits.join("house")
    assert [each["role"] for each in await visits.participants("parent")] == ["PROXY", "PROVIDER"]
    assert (await visits.graph.ask("staff", LOOK, id=gid(visits.coming))).codes == ["FORBIDDEN"]
    query = "query($id: ID!) { appointment(id: $id) { visit { open } } }"
    assert (await visits.graph.data("staff", query, id=gid(visits.coming)))["appointment"]["visit"] == {"open": True}
    await visits.change(patient_id=visits.graph.clinic.alice.id)


async def test_who_joins_again_is_in_once(visits: Visits) -> None:
    visits.at(minutes=0)
    payloads = await asyncio.gather(*(visits.join("alice") for _ in range(8)))
    assert [codes(payload) for payload in payloads] == [[]] * 8
    [entry] = await VisitEntry.find_all().to_list()
    assert (entry.joins, entry.left_at) == (8, None)
    assert await VisitSignal.find({"kind": "JOINED"}).count() == 1


async def test_a_repeated_key_is_one_entry_and_keeps_no_token(visits: Visits) -> None:
    visits.at(minutes=0)
    for _ in range(2):
        assert codes(await visits.join("alice", idempotencyKey="k")) == []
    [entry] = await VisitEntry.find_all().to_list()
    assert entry.joins == 1
    [record] = await IdempotencyRecord.find_all().to_list()
    assert record.answer == {"entry_id": entry.id}
    await visits.leave("alice")
    assert codes(await visits.join("alice", idempotencyKey="k")) == ["CONFLICT"]


async def test_who_is_silent_has_left(visits: Visits) -> None:
    visits.at(minutes=0)
    await visits.join("alice")
    visits.at(minutes=2)
    left_at = (visits.start + timedelta(minutes=2)).isoformat().replace("+00:00", "Z")
    [seen] = await visits.participants("house")
    assert seen["leftAt"] == left_at  # although nobody has written it down yet
    assert codes(await visits.send("alice")) == ["NOT_JOINED"]
    visits.at(minutes=3)
    for expected in (1, 0):
        context = open_context(ANONYMOUS, visits.graph.ports)
        assert await end_abandoned(context) == expected
    [entry] = await VisitEntry.find_all().to_list()
    assert entry.left_at == visits.start + timedelta(minutes=2)
    assert [signal.kind for signal in await VisitSignal.find_all().sort("sequence").to_list()] == ["JOINED", "LEFT"]


async def test_a_new_stay_ends_the_one_whose_lease_is_over(visits: Visits) -> None:
    visits.at(minutes=0)
    await visits.join("alice")
    visits.at(minutes=5)
    await visits.join("alice")
    stays = await visits.participants("house")
    assert [each["leftAt"] is None for each in stays] == [False, True]


async def test_signals_are_sent_by_and_to_those_who_joined(visits: Visits) -> None:
    visits.at(minutes=0)
    assert codes(await visits.send("alice")) == ["NOT_JOINED"]
    await visits.join("alice")
    [alice] = await visits.participants("alice")
    assert (await visits.send("alice")) == {"sent": True, "errors": []}
    payload = await visits.send("alice", to="x" * 40)
    assert (codes(payload), payload["errors"][0]["path"]) == (["NOT_JOINED"], ["to"])
    await visits.join("house")
    assert codes(await visits.send("house", to=alice["participant"], kind="ANSWER")) == []
    await visits.leave("alice")
    payload = await visits.send("house", to=alice["participant"])
    assert (payload["sent"], codes(payload), payload["errors"][0]["path"]) == (False, ["NOT_JOINED"], ["to"])
    assert codes(await visits.send("stranger")) == ["NOT_FOUND"]
    stored = await VisitSignal.find({"kind": {"$in": ["OFFER", "ANSWER"]}}).sort("sequence").to_list()
    assert [(signal.kind, signal.to_account_id is None) for signal in stored] == [("OFFER", True), ("ANSWER", False)]


async def test_a_signal_has_a_size(visits: Visits) -> None:
    visits.at(minutes=0)
    await visits.join("alice")
    assert codes(await visits.send("alice", payload="é" * (16 * 1024))) == []
    payload = await visits.send("alice", payload="é" * (16 * 1024) + "x")
    assert codes(payload) == ["TOO_LONG"]
    assert "32769" in payload["errors"][0]["message"]
    assert "32768" in payload["errors"][0]["message"]


async def test_joining_is_limited(visits: Visits) -> None:
    visits.at(minutes=0)
    for _ in range(60):
        assert codes(await visits.join("alice")) == []
    payload = await visits.join("alice")
    assert [error["__typename"] for error in payload["errors"]] == ["TooManyAttempts"]


async def test_what_is_looked_up_finds_an_index(visits: Visits) -> None:
    visits.at(minutes=0)
    await visits.join("alice")
    entries, signals = VisitEntry.get_pymongo_collection(), VisitSignal.get_pymongo_collection()
    open_place = {"appointment_id": "a", "account_id": "b", "left_at": None}
    for collection, query in [
        (entries, {"appointment_id": {"$in": ["a"]}}),
        (entries, open_place),
        (entries, {"left_at": None, "lease_until": {"$lte": visits.start}}),
        (signals, {"appointment_id": "a", "sequence": {"$gt": 3}}),
    ]:
        plan = (await collection.find(query).explain())["queryPlanner"]["winningPlan"]
        assert "IXSCAN" in str(plan), query
        assert "COLLSCAN" not in str(plan), query
    assert (await signals.index_information())["expiry"]["expireAfterSeconds"] == 0
