"""What is open when an administrator takes a right away: told over a real socket, by changes that another process made."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from pymongo import MongoClient
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from models.account import AccountEmail
from models.identity import new_id
from models.patient import PatientLanguage
from ohms_graphql.settings import Settings
from tests.clinic import Clinic
from tests.ohms_graphql.conftest import authorization

FOLLOW = "subscription { viewerChanged { roles } }"
CHART = "subscription { viewerChanged { roles patient { mrn conditions { code { text } } } } }"
PATIENCE = 10


class Caller:
    """A socket that follows one subscription, and the account behind it as another process may change it."""

    def __init__(self, socket: ClientConnection, accounts: Any, account_id: str) -> None:
        self._socket = socket
        self._accounts = accounts
        self._account_id = account_id

    def follow(self, query: str, operation_id: str = "1") -> dict[str, Any]:
        self._socket.send(json.dumps({"id": operation_id, "type": "subscribe", "payload": {"query": query}}))
        return self.hear()

    def hear(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self._socket.recv(timeout=PATIENCE))
        return message

    def change(self, **fields: Any) -> None:
        self._accounts.update_one({"_id": self._account_id}, {"$set": fields})

    def closed_with(self) -> int:
        with pytest.raises(ConnectionClosed) as closed:
            self._hear_all()
        assert closed.value.rcvd is not None
        return closed.value.rcvd.code

    def _hear_all(self) -> None:
        while True:
            self.hear()


@pytest.fixture
def call(served: str, settings: Settings, served_clinic: Clinic) -> Any:
    @contextmanager
    def called(name: str) -> Iterator[Caller]:
        token = authorization(settings, served_clinic, name)
        url = f"ws://{served}/graphql"
        with (
            MongoClient[dict[str, Any]](settings.mongodb_url) as client,
            connect(url, subprotocols=[Subprotocol("graphql-transport-ws")], proxy=None) as socket,
        ):
            socket.send(json.dumps({"type": "connection_init", "payload": token}))
            assert json.loads(socket.recv(timeout=PATIENCE))["type"] == "connection_ack"
            yield Caller(socket, client[settings.database]["accounts"], served_clinic.accounts[name].id)

    return called


def test_a_change_of_roles_is_told_to_who_follows_them(call: Any) -> None:
    with call("staff") as staff:
        assert staff.follow(FOLLOW)["payload"]["data"] == {"viewerChanged": {"roles": ["STAFF"]}}
        staff.change(roles=["STAFF", "ADMIN"])
        assert staff.hear()["payload"]["data"] == {"viewerChanged": {"roles": ["ADMIN", "STAFF"]}}
        staff.change(last_signed_in_at=None, email=AccountEmail("other@clinic.example").sealed)  # nothing of rights
        staff.change(roles=["STAFF"])
        assert staff.hear()["payload"]["data"] == {"viewerChanged": {"roles": ["STAFF"]}}


def test_an_operation_ends_when_its_caller_would_be_refused_it_now(call: Any) -> None:
    with call("alice") as alice:
        first = alice.follow(CHART)["payload"]["data"]["viewerChanged"]
        assert first["patient"]["mrn"] == "M0000000001"
        assert alice.follow(FOLLOW, "2")["type"] == "next"
        alice.change(roles=["STAFF"])
        told = {message["id"]: message for message in (alice.hear(), alice.hear())}
        assert told["1"]["type"] == "error"
        assert told["1"]["payload"][0]["extensions"]["code"] == "FORBIDDEN"
        assert "M0000000001" not in json.dumps(told)
        assert told["2"]["payload"]["data"] == {"viewerChanged": {"roles": ["STAFF"]}}


@pytest.mark.parametrize(
    "change",
    [
        {"status": "DEACTIVATED"},
        {"status": "LOCKED"},
        {"sessions_from": "7ZZZZZZZZZZZZZZZZZZZZZZZZZ"},
    ],
)
def test_a_socket_is_closed_when_its_account_or_session_has_ended(call: Any, change: dict[str, Any]) -> None:
    with call("house") as house:
        assert house.follow(FOLLOW)["type"] == "next"
        house.change(**change)
        assert house.closed_with() == 4403


def test_another_session_of_the_account_may_end(call: Any) -> None:
    with call("house") as house:
        house.follow(FOLLOW)
        house.change(ended_sessions=[{"id": new_id(), "expires_at": datetime(2100, 1, 1, tzinfo=UTC)}])
        house.change(roles=["PROVIDER", "STAFF"])
        assert house.hear()["payload"]["data"] == {"viewerChanged": {"roles": ["PROVIDER", "STAFF"]}}


def test_rows_are_read_anew_for_each_event(call: Any, settings: Settings, served_clinic: Clinic) -> None:
    with call("alice") as alice, MongoClient[dict[str, Any]](settings.mongodb_url) as client:
        query = "subscription { viewerChanged { patient { preferredLanguage } } }"
        assert alice.follow(query)["payload"]["data"]["viewerChanged"]["patient"] == {"preferredLanguage": None}
        patients = client[settings.database]["patients"]
        patients.update_one({"_id": served_clinic.alice.id}, {"$set": {"preferred_language": PatientLanguage("de").sealed}})
        alice.change(roles=["PATIENT", "ANALYST"])
        assert alice.hear()["payload"]["data"]["viewerChanged"]["patient"] == {"preferredLanguage": "de"}
