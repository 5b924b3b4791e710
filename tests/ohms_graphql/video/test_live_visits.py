"""A patient and a provider in a video visit over real sockets, each on a server of their own."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from pymongo import MongoClient
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from benchmarks.servers import free_port
from ohms_graphql.settings import Settings
from tests.clinic import Clinic
from tests.graph import gid
from tests.ohms_graphql.conftest import authorization

PATIENCE = 10

JOIN = """mutation($input: JoinVisitInput!) { joinVisit(input: $input) {
    room { service } visit { participants { participant role } } errors { code } } }"""
LEAVE = "mutation($input: LeaveVisitInput!) { leaveVisit(input: $input) { errors { code } } }"
SEND = "mutation($input: SendSignalInput!) { sendSignal(input: $input) { sent errors { code } } }"
SIGNALS = "subscription($id: ID!) { signals(appointment: $id) { kind sender toAll payload } }"
VISIT = "subscription($id: ID!) { visitChanged(id: $id) { open participants { participant role leftAt } } }"


class Reader:
    """A socket that follows one subscription."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    def message(self) -> Any:
        return json.loads(self._connection.recv(timeout=PATIENCE))

    def hear(self) -> Any:
        message = self.message()
        assert message["type"] == "next", message
        assert not message["payload"].get("errors"), message
        [told] = message["payload"]["data"].values()
        return told

    def is_quiet(self) -> bool:
        try:
            self._connection.recv(timeout=0.7)
        except TimeoutError:
            return True
        return False


class Person:
    """A caller, whose requests go to one server."""

    def __init__(self, name: str, server: str, header: dict[str, str], visit_id: str) -> None:
        self.name = name
        self._server = server
        self._header = header
        self._visit_id = visit_id

    def ask(self, query: str, **given: Any) -> Any:
        body = {"query": query, "variables": {"input": {"appointment": self._visit_id, **given}}}
        answer = httpx.post(f"http://{self._server}/graphql", json=body, headers=self._header, timeout=30, trust_env=False).json()
        assert "errors" not in answer, answer
        [payload] = answer["data"].values()
        return payload

    def join(self) -> str:
        """Gives their name in the visit."""
        payload = self.ask(JOIN)
        assert payload["errors"] == []
        last: str = payload["visit"]["participants"][-1]["participant"]
        return last

    def send(self, kind: str, payload: str, **more: Any) -> None:
        assert self.ask(SEND, kind=kind, payload=payload, **more) == {"sent": True, "errors": []}

    @contextmanager
    def follow(self, query: str) -> Iterator[Reader]:
        url = f"ws://{self._server}/graphql"
        with connect(url, subprotocols=[Subprotocol("graphql-transport-ws")], proxy=None) as connection:
            connection.send(json.dumps({"type": "connection_init", "payload": self._header}))
            assert json.loads(connection.recv(timeout=PATIENCE))["type"] == "connection_ack"
            payload = {"query": query, "variables": {"id": self._visit_id}}
            connection.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
            yield Reader(connection)


@pytest.fixture
def rows(settings: Settings) -> Iterator[Any]:
    with MongoClient[dict[str, Any]](settings.mongodb_url, tz_aware=True) as client:
        yield client[settings.database]


@pytest.fixture
def person(served: str, settings: Settings, served_clinic: Clinic, rows: Any) -> Callable[..., Person]:
    """Callers of the visit that Alice has with Dr. House, which has just begun."""
    start = datetime.now(UTC).replace(microsecond=0)
    change = {"start": start, "end": start + timedelta(minutes=20)}
    rows["appointments"].update_one({"_id": served_clinic.coming.id}, {"$set": change})

    def made(name: str, server: str = served) -> Person:
        return Person(name, server, authorization(settings, served_clinic, name), gid(served_clinic.coming))

    return made


def _until(holds: Callable[[], bool], patience: float = PATIENCE) -> None:
    end = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture
def elsewhere(settings: Settings, served: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """``127.0.0.1:port`` of a server that is another process over the same database; and that process."""
    port = free_port()
    given = {
        "OHMS_MONGODB_URL": settings.mongodb_url or "",
        "OHMS_DATABASE": settings.database,
        "OHMS_PUBLIC_URL": settings.public_url,  # the issuer of their tokens
    }
    environment = {key: value for key, value in os.environ.items() if not key.startswith("OHMS_")} | given
    command = [sys.executable, "-m", "ohms_graphql", "serve", "--port", str(port)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _until(lambda: _answers(port), patience=60)
            yield f"127.0.0.1:{port}", process
        finally:
            process.kill()


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz", trust_env=False).is_success
    except httpx.TransportError:
        return False


def test_patient_and_provider_connect_across_two_processes(
    person: Callable[..., Person], elsewhere: tuple[str, subprocess.Popen[bytes]]
) -> None:
    alice, house = person("alice"), person("house", elsewhere[0])
    alice.join()
    with alice.follow(SIGNALS) as of_alice:
        assert of_alice.is_quiet()
        house.join()
        came = of_alice.hear()
        assert (came["kind"], came["toAll"], came["payload"]) == ("JOINED", True, None)
        alice.send("OFFER", "v=0 offer", to=came["sender"])
        with house.follow(SIGNALS) as of_house:  # begins after the offer, which waits
            offer = of_house.hear()
            assert (offer["kind"], offer["toAll"], offer["payload"]) == ("OFFER", False, "v=0 offer")
            house.send("ANSWER", "v=0 answer", to=offer["sender"])
            assert of_alice.hear() == {"kind": "ANSWER", "sender": came["sender"], "toAll": False, "payload": "v=0 answer"}
            for number in range(10):
                alice.send("CANDIDATE", f"a{number}")
                house.send("CANDIDATE", f"h{number}")
            assert [of_house.hear()["payload"] for _ in range(10)] == [f"a{number}" for number in range(10)]
            assert [of_alice.hear()["payload"] for _ in range(10)] == [f"h{number}" for number in range(10)]
            assert (of_alice.is_quiet(), of_house.is_quiet()) == (True, True)
        told = of_alice.hear()  # the other side's socket is closed: that is the exit
        assert (told["kind"], told["sender"]) == ("LEFT", came["sender"])


def test_the_provider_sees_who_waits(person: Callable[..., Person], rows: Any) -> None:
    alice, house = person("alice"), person("house")
    with house.follow(VISIT) as reader:
        assert reader.hear() == {"open": True, "participants": []}
        name = alice.join()
        [waiting] = reader.hear()["participants"]
        assert waiting == {"participant": name, "role": "PATIENT", "leftAt": None}
        with alice.follow(VISIT) as of_alice:
            assert of_alice.hear()["participants"] == [waiting]
            with alice.follow(SIGNALS):
                _until(lambda: len(rows["visit_entries"].find_one({"role": "PATIENT"})["followers"]) == 2)
            assert reader.is_quiet()  # another subscription of hers goes on
            assert rows["visit_entries"].find_one({"role": "PATIENT"})["left_at"] is None
        [left] = reader.hear()["participants"]
        assert left["leftAt"] is not None
        assert reader.is_quiet()
    entry = rows["visit_entries"].find_one({"role": "PATIENT"})
    assert (entry["followers"], entry["left_at"] > entry["joined_at"]) == ([], True)
    trail = list(rows["audit_events"].find({"fields": "VisitEntry.left_at"}))
    assert [entry["action"] for entry in trail] == ["Subscription.visitChanged"]


def test_who_leaves_hears_no_more(person: Callable[..., Person]) -> None:
    alice, house = person("alice"), person("house")
    alice.join()
    house.join()
    with alice.follow(SIGNALS) as reader:
        assert reader.hear()["kind"] == "JOINED"
        assert alice.ask(LEAVE) == {"errors": []}
        assert reader.message()["type"] == "complete"


def test_signals_are_for_those_who_joined(person: Callable[..., Person]) -> None:
    for name, code in (("alice", "NOT_JOINED"), ("stranger", "NOT_FOUND"), ("bob", "NOT_FOUND")):
        with person(name).follow(SIGNALS) as reader:
            message = reader.message()
            errors = message["payload"] if message["type"] == "error" else message["payload"]["errors"]
            assert errors[0]["extensions"]["code"] == code, name


def test_rights_are_those_of_each_signal(person: Callable[..., Person], rows: Any, served_clinic: Clinic) -> None:
    clinic = served_clinic
    rows["appointments"].update_one({"_id": clinic.coming.id}, {"$set": {"patient_id": clinic.child.id}})
    parent, house = person("parent"), person("house")
    house.join()
    parent.join()
    with house.follow(SIGNALS) as of_house, parent.follow(SIGNALS) as of_parent:
        assert of_house.hear()["kind"] == "JOINED"
        house.send("OFFER", "before")
        assert of_parent.hear()["payload"] == "before"
        rows["patients"].update_one({"_id": clinic.child.id}, {"$set": {"proxies": []}})
        house.send("OFFER", "after")
        assert of_parent.message()["type"] == "complete"
        assert of_house.hear()["kind"] == "LEFT"  # and the exit is recorded


def test_a_visit_that_is_called_off_takes_nothing_more(person: Callable[..., Person], rows: Any, served_clinic: Clinic) -> None:
    alice, house = person("alice"), person("house")
    alice.join()
    house.join()
    with alice.follow(SIGNALS) as reader:
        assert reader.hear()["kind"] == "JOINED"
        rows["appointments"].update_one({"_id": served_clinic.coming.id}, {"$set": {"status": "CANCELLED"}})
        assert [error["code"] for error in house.ask(SEND, kind="BYE", payload="")["errors"]] == ["NOT_JOINABLE"]
        house.ask(LEAVE)
        assert reader.message()["type"] == "complete"
    _until(lambda: rows["visit_entries"].count_documents({"left_at": None}) == 0)


def test_a_lost_sockets_late_end_does_not_end_what_was_joined_again(person: Callable[..., Person], rows: Any) -> None:
    alice = person("alice")
    entry = {"role": "PATIENT"}
    alice.join()
    with alice.follow(SIGNALS):
        _until(lambda: bool(rows["visit_entries"].find_one(entry)["followers"]))
        alice.join()  # from another device, say, before the first socket's end is noticed
    _until(lambda: not rows["visit_entries"].find_one(entry)["followers"])
    assert rows["visit_entries"].find_one(entry)["left_at"] is None


def test_a_process_that_dies_takes_its_people_out_of_the_visit(
    person: Callable[..., Person], elsewhere: tuple[str, subprocess.Popen[bytes]], rows: Any
) -> None:
    alice, house = person("alice", elsewhere[0]), person("house")
    with house.follow(VISIT) as reader:
        assert reader.hear()["participants"] == []
        alice.join()
        assert len(reader.hear()["participants"]) == 1
        with alice.follow(SIGNALS):
            _until(lambda: bool(rows["visit_entries"].find_one({"role": "PATIENT"})["followers"]))
            elsewhere[1].kill()
            elsewhere[1].wait()
        entry = rows["visit_entries"].find_one({"role": "PATIENT"})
        assert entry["left_at"] is None
        assert entry["lease_until"] < datetime.now(UTC) + timedelta(minutes=2, seconds=1)
        rows["visit_entries"].update_one({"_id": entry["_id"]}, {"$set": {"lease_until": datetime.now(UTC)}})  # time passes
        [left] = reader.hear()["participants"]
        assert left["leftAt"] is not None


def test_a_process_that_stops_records_the_exits_first(
    person: Callable[..., Person], elsewhere: tuple[str, subprocess.Popen[bytes]], rows: Any
) -> None:
    alice = person("alice", elsewhere[0])
    alice.join()
    with alice.follow(SIGNALS):
        _until(lambda: bool(rows["visit_entries"].find_one({"role": "PATIENT"})["followers"]))
        elsewhere[1].terminate()
        elsewhere[1].wait(timeout=30)
    assert rows["visit_entries"].find_one({"role": "PATIENT"})["left_at"] is not None
