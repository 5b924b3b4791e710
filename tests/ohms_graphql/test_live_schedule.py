"""Schedules followed over real sockets, while they are changed by this process and by others."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from pymongo import MongoClient
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from models.identity import new_id
from ohms_graphql.settings import Settings
from schema.node import global_id
from tests.clinic import Clinic
from tests.graph import gid
from tests.ohms_graphql.conftest import authorization
from tests.schema.appointment.desk import operation

PATIENCE = 10
TOMORROW = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=1)

FOLLOW = """subscription($providers: [ID!]!, $after: String) { scheduleChanged(providers: $providers, after: $after) {
    __typename
    ... on ScheduleEvent { cursor kind by previousStart provider { id } appointment { id status start patient { mrn } } }
    ... on ScheduleReset { cursor reason } } }"""
ONE = FOLLOW.replace("$providers: [ID!]!", "$id: ID!").replace(
    "scheduleChanged(providers: $providers", "appointmentChanged(id: $id"
)
POLL = """query($providers: [ID!]!, $after: String, $first: Int) {
  scheduleEvents(providers: $providers, after: $after, first: $first) { __typename
    ... on ScheduleEvent { cursor kind appointment { id } } ... on ScheduleReset { cursor reason } } }"""


class Reader:
    """A socket that follows one subscription."""

    def __init__(self, socket: ClientConnection, field: str) -> None:
        self.socket = socket
        self.heard: Any = None
        self._field = field

    def message(self) -> Any:
        return json.loads(self.socket.recv(timeout=PATIENCE))

    def hear(self) -> Any:
        message = self.message()
        assert message["type"] == "next", message
        assert not message["payload"].get("errors"), message
        return message["payload"]["data"][self._field]

    def is_quiet(self, seconds: float = 0.7) -> bool:
        try:
            message = json.loads(self.socket.recv(timeout=seconds))
        except TimeoutError:
            return True
        self.heard = message["payload"]["data"][self._field]
        return False


Follow = Callable[..., AbstractContextManager[Reader]]


@pytest.fixture
def follow(served: str, settings: Settings, served_clinic: Clinic) -> Follow:
    @contextmanager
    def following(caller: str, query: str = FOLLOW, *, refused: bool = False, **variables: Any) -> Iterator[Reader]:
        """Without a cursor, the subscription has begun when the block does."""
        anew = "after" not in variables
        if anew:
            variables["after"] = "none"  # is answered at once, by a reset
        url = f"ws://{served}/graphql"
        if query is FOLLOW:
            variables.setdefault("providers", [gid(served_clinic.house)])
        with connect(url, subprotocols=[Subprotocol("graphql-transport-ws")], proxy=None) as socket:
            socket.send(json.dumps({"type": "connection_init", "payload": authorization(settings, served_clinic, caller)}))
            assert json.loads(socket.recv(timeout=PATIENCE))["type"] == "connection_ack"
            payload = {"query": query, "variables": variables}
            socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
            reader = Reader(socket, "scheduleChanged" if query is FOLLOW else "appointmentChanged")
            if anew and not refused:
                assert reader.hear()["__typename"] == "ScheduleReset"
            yield reader

    return following


@pytest.fixture
def ask(served: str, settings: Settings, served_clinic: Clinic) -> Iterator[Callable[..., Any]]:
    with httpx.Client(base_url=f"http://{served}", trust_env=False, timeout=30) as http:

        def asked(caller: str, query: str, **variables: Any) -> Any:
            body = {"query": query, "variables": variables}
            answer = http.post("/graphql", json=body, headers=authorization(settings, served_clinic, caller)).json()
            assert "errors" not in answer, answer
            return answer["data"]

        yield asked


@pytest.fixture
def book(ask: Callable[..., Any], served_clinic: Clinic) -> Callable[..., str]:
    """Staff book over the rules; gives the visit's id."""
    clinic = served_clinic
    minutes = iter(range(0, 100_000, 20))

    def booked(patient: Any = None, provider: Any = None) -> str:
        given = {
            "provider": gid(provider or clinic.house),
            "patient": gid(patient or clinic.alice),
            "visitType": gid(clinic.follow_up),
            "start": (TOMORROW + timedelta(minutes=next(minutes))).isoformat(),
            "override": {"reason": "Test"},
        }
        payload = ask("staff", operation("book"), input=given)["bookAppointment"]
        assert payload["errors"] == []
        visit_id: str = payload["appointment"]["id"]
        return visit_id

    return booked


@pytest.fixture
def rows(settings: Settings) -> Iterator[Any]:
    """The database, as another process has it."""
    with MongoClient[dict[str, Any]](settings.mongodb_url, tz_aware=True) as client:
        yield client[settings.database]


def written_elsewhere(rows: Any, provider_id: str, count: int = 1, **fields: Any) -> None:
    """Events by another process, each in a transaction with the feed's count."""
    with rows.client.start_session() as session, session.start_transaction():
        last = rows["schedule_feeds"].find_one_and_update(
            {"_id": provider_id}, {"$inc": {"sequence": count}}, upsert=True, session=session
        )
        begin = last["sequence"] if last else 0
        common = {
            "at": datetime.now(UTC),
            "provider_id": provider_id,
            "kind": "AVAILABILITY_CHANGED",
            "confidentiality": "NORMAL",
        }
        rows["schedule_events"].insert_many(
            [{"_id": new_id(), "sequence": begin + number + 1, **common, **fields} for number in range(count)], session=session
        )


def test_what_changes_is_told_as_it_changes(follow: Follow, book: Callable[..., str], ask: Callable[..., Any]) -> None:
    with follow("staff") as reader:
        assert reader.is_quiet()
        visit_id = book()
        told = reader.hear()
        assert (told["__typename"], told["kind"], told["by"]) == ("ScheduleEvent", "BOOKED", "STAFF")
        assert (told["appointment"]["id"], told["appointment"]["patient"]) == (visit_id, {"mrn": "M0000000001"})
        later = (TOMORROW + timedelta(days=1)).isoformat()
        ask("staff", operation("reschedule"), input={"id": visit_id, "start": later, "override": {"reason": "x"}})
        told = reader.hear()
        assert (told["kind"], told["previousStart"], told["appointment"]["start"]) == (
            "RESCHEDULED",
            TOMORROW.isoformat().replace("+00:00", "Z"),
            later.replace("+00:00", "Z"),
        )
        ask("staff", operation("cancel"), input={"id": visit_id})
        assert (reader.hear()["kind"], reader.is_quiet()) == ("CANCELLED", True)


def test_without_a_cursor_it_begins_with_what_comes(
    follow: Follow, book: Callable[..., str], rows: Any, served_clinic: Clinic
) -> None:
    book()
    with follow("staff", after=None) as reader:
        for _ in range(50):  # who gives no cursor does not hear when they have begun to follow
            written_elsewhere(rows, served_clinic.house.id)
            if not reader.is_quiet(0.2):
                break
        assert reader.heard["kind"] == "AVAILABILITY_CHANGED"


def test_what_another_process_does_is_told(follow: Follow, rows: Any, served_clinic: Clinic) -> None:
    with follow("house") as reader:
        assert reader.is_quiet()
        written_elsewhere(rows, served_clinic.house.id)
        assert reader.hear()["kind"] == "AVAILABILITY_CHANGED"


def test_who_comes_back_gets_what_was_missed_once_and_in_order(follow: Follow, book: Callable[..., str]) -> None:
    with follow("staff") as reader:
        assert reader.is_quiet()
        first = book()
        cursor = reader.hear()["cursor"]
    missed = [book() for _ in range(4)]
    with follow("staff", after=cursor) as reader:
        told = [reader.hear() for _ in missed]
        assert [each["appointment"]["id"] for each in told] == missed
        live = book()
        assert reader.hear()["appointment"]["id"] == live
        assert reader.is_quiet()
    with follow("staff", after=told[1]["cursor"]) as reader:
        assert [reader.hear()["appointment"]["id"] for _ in range(3)] == [*missed[2:], live]
    assert first not in missed


def test_several_schedules_have_one_cursor(follow: Follow, book: Callable[..., str], rows: Any, served_clinic: Clinic) -> None:
    offered = {"visit_type_ids": [served_clinic.follow_up.id]}
    rows["providers"].update_one({"_id": served_clinic.stranger.id}, {"$set": offered})
    both = [gid(served_clinic.house), gid(served_clinic.stranger)]
    with follow("staff", providers=both) as reader:
        assert reader.is_quiet()
        book()
        cursor = reader.hear()["cursor"]
    missed = [book(), book(served_clinic.bob, served_clinic.stranger), book(), book(served_clinic.bob, served_clinic.stranger)]
    with follow("staff", providers=both, after=cursor) as reader:
        told = [reader.hear()["appointment"]["id"] for _ in missed]
        assert [each for each in told if each in missed[::2]] == missed[::2]
        assert [each for each in told if each in missed[1::2]] == missed[1::2]
    with follow("staff", providers=[both[1]], after=cursor) as reader:  # a cursor of more is good for less
        assert [reader.hear()["appointment"]["id"] for _ in range(2)] == missed[1::2]


@pytest.mark.parametrize("cursor", ["x", "", "W10", "W1siYSIsMV1d", "W1siYSIsLTFdXQ", "bnVsbA", "é", "x" * 5000])
def test_a_cursor_that_is_not_known_is_a_reset(follow: Follow, book: Callable[..., str], cursor: str) -> None:
    with follow("staff", after=cursor) as reader:
        told = reader.hear()
        assert told["__typename"] == "ScheduleReset"
        assert "cursor" in told["reason"]
        assert reader.is_quiet()
        visit_id = book()
        assert reader.hear()["appointment"]["id"] == visit_id
    with follow("staff", after=told["cursor"]) as reader:
        assert reader.hear()["appointment"]["id"] == visit_id


def test_a_cursor_that_is_too_old_is_a_reset(follow: Follow, book: Callable[..., str], rows: Any, served_clinic: Clinic) -> None:
    with follow("staff", after="x") as reader:
        cursor = reader.hear()["cursor"]
    written_elsewhere(rows, served_clinic.house.id, 1000)
    with follow("staff", after=cursor) as reader:
        assert {reader.hear()["__typename"] for _ in range(1000)} == {"ScheduleEvent"}
    written_elsewhere(rows, served_clinic.house.id)
    with follow("staff", after=cursor) as reader:
        told = reader.hear()
        assert (told["__typename"], told["reason"][:23]) == ("ScheduleReset", "This cursor is too old:")
        assert reader.is_quiet()


def test_patients_hear_of_their_own_visits_only(
    follow: Follow, book: Callable[..., str], rows: Any, served_clinic: Clinic
) -> None:
    with follow("alice") as reader:
        assert reader.is_quiet()
        book(served_clinic.bob)
        written_elsewhere(rows, served_clinic.house.id)
        assert reader.is_quiet()
        own = book(served_clinic.alice)
        told = reader.hear()
        assert told["appointment"]["id"] == own
    with follow("alice", after=told["cursor"]) as reader:
        assert reader.is_quiet()


def test_rows_are_checked_for_each_event(follow: Follow, book: Callable[..., str], rows: Any, served_clinic: Clinic) -> None:
    child = served_clinic.child
    with follow("parent") as reader:
        assert reader.is_quiet()
        book(child)
        assert reader.hear()["kind"] == "BOOKED"
        rows["patients"].update_one({"_id": child.id}, {"$set": {"proxies": []}})
        book(child)
        assert reader.is_quiet()


@pytest.mark.parametrize(("fields", "code"), [({"roles": ["ADMIN"]}, "FORBIDDEN"), ({"status": "DEACTIVATED"}, None)])
def test_who_loses_the_right_hears_no_more(
    follow: Follow, book: Callable[..., str], rows: Any, served_clinic: Clinic, fields: Any, code: str | None
) -> None:
    with follow("house") as reader:
        assert reader.is_quiet()
        rows["accounts"].update_one({"_id": served_clinic.accounts["house"].id}, {"$set": fields})
        if code is None:
            with pytest.raises(Exception, match="4403"):
                reader.message()
        else:
            message = reader.message()
            assert (message["type"], message["payload"][0]["extensions"]["code"]) == ("error", code)
        assert book()


def test_one_appointment_is_followed(follow: Follow, book: Callable[..., str], ask: Callable[..., Any]) -> None:
    visit_id, other = book(), book()
    with follow("alice", ONE, id=visit_id) as reader:
        assert reader.is_quiet()
        ask("staff", operation("cancel"), input={"id": other})
        ask("staff", operation("cancel"), input={"id": visit_id})
        told = reader.hear()
        assert (told["kind"], told["appointment"]["id"]) == ("CANCELLED", visit_id)
        assert reader.is_quiet()
    for caller, id_ in (("bob", visit_id), ("alice", global_id("Appointment", new_id()))):
        with follow(caller, ONE, refused=True, id=id_) as reader:
            message = reader.message()
            errors = message["payload"] if message["type"] == "error" else message["payload"]["errors"]
            assert errors[0]["extensions"]["code"] == "NOT_FOUND"


def test_those_who_poll_get_the_same(ask: Callable[..., Any], book: Callable[..., str], served_clinic: Clinic) -> None:
    providers = [gid(served_clinic.house)]
    [begin] = ask("staff", POLL, providers=providers)["scheduleEvents"]
    assert begin["__typename"] == "ScheduleReset"
    missed = [book() for _ in range(3)]
    told = ask("staff", POLL, providers=providers, after=begin["cursor"], first=2)["scheduleEvents"]
    assert [each["appointment"]["id"] for each in told] == missed[:2]
    told = ask("staff", POLL, providers=providers, after=told[-1]["cursor"], first=2)["scheduleEvents"]
    assert [each["appointment"]["id"] for each in told] == missed[2:]
    assert ask("staff", POLL, providers=providers, after=told[-1]["cursor"])["scheduleEvents"] == []
    assert ask("bob", POLL, providers=providers, after=begin["cursor"])["scheduleEvents"] == []
    [reset] = ask("staff", POLL, providers=providers, after="x")["scheduleEvents"]
    assert reset["__typename"] == "ScheduleReset"


def test_too_many_schedules_or_none(follow: Follow) -> None:
    for providers in ([], [global_id("Provider", new_id()) for _ in range(51)]):
        with follow("staff", refused=True, providers=providers) as reader:
            message = reader.message()
            errors = message["payload"] if message["type"] == "error" else message["payload"]["errors"]
            assert errors[0]["extensions"]["code"] == "BAD_USER_INPUT"
