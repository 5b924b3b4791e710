"""graphql-transport-ws with the clinic behind it: each operation signs in anew.

The protocol itself is in test_graphql_transport_ws_protocol.py.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from pymongo import MongoClient
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from models.patient import PatientLanguage
from ohms_graphql.settings import Settings
from tests.clinic import Clinic
from tests.ohms_graphql.conftest import authorization

PROTOCOL = Subprotocol("graphql-transport-ws")


@contextmanager
def _open(served: str, payload: dict[str, Any] | None, **options: Any) -> Iterator[ClientConnection]:
    with connect(f"ws://{served}/graphql", subprotocols=[PROTOCOL], proxy=None, **options) as socket:
        socket.send(json.dumps({"type": "connection_init", "payload": payload or {}}))
        yield socket


def _ask(socket: ClientConnection, query: str, operation_id: str = "1") -> dict[str, Any]:
    socket.send(json.dumps({"id": operation_id, "type": "subscribe", "payload": {"query": query}}))
    message: dict[str, Any] = json.loads(socket.recv(timeout=5))
    if message["type"] == "next":
        assert json.loads(socket.recv(timeout=5)) == {"id": operation_id, "type": "complete"}
    return message


def test_a_token_in_connection_init_makes_the_socket_the_callers(served: str, settings: Settings, served_clinic: Clinic) -> None:
    token = authorization(settings, served_clinic, "house")["authorization"]
    with _open(served, {"Authorization": token}) as socket:
        assert json.loads(socket.recv(timeout=5))["type"] == "connection_ack"
        answer = _ask(socket, "{ viewer { roles } }")
        assert answer["payload"]["data"] == {"viewer": {"roles": ["PROVIDER"]}}
        assert answer["payload"]["extensions"]["cost"]["databaseCommands"] == 1


def test_a_revoked_role_binds_with_the_next_operation_of_an_open_socket(
    served: str, settings: Settings, served_clinic: Clinic
) -> None:
    token = authorization(settings, served_clinic, "staff")["authorization"]
    with _open(served, {"authorization": token}) as socket, MongoClient[dict[str, Any]](settings.mongodb_url) as client:
        socket.recv(timeout=5)
        assert _ask(socket, "{ patients { totalCount } }")["payload"]["data"] == {"patients": {"totalCount": 3}}
        accounts = client[settings.database]["accounts"]
        accounts.update_one({"_id": served_clinic.accounts["staff"].id}, {"$set": {"roles": ["ADMIN"]}})
        refused = _ask(socket, "{ patients { totalCount } }", "2")
        assert (refused["type"], refused["payload"][0]["extensions"]["code"]) == ("error", "FORBIDDEN")
        accounts.update_one({"_id": served_clinic.accounts["staff"].id}, {"$set": {"status": "DEACTIVATED"}})
        gone = _ask(socket, "{ viewer { roles } }", "3")
        assert gone["payload"][0]["extensions"]["code"] == "UNAUTHENTICATED"


def test_loaded_rows_do_not_outlive_an_operation(served: str, settings: Settings, served_clinic: Clinic) -> None:
    token = authorization(settings, served_clinic, "alice")["authorization"]
    query = "{ viewer { patient { preferredLanguage } } }"
    with _open(served, {"authorization": token}) as socket, MongoClient[dict[str, Any]](settings.mongodb_url) as client:
        socket.recv(timeout=5)
        assert _ask(socket, query)["payload"]["data"]["viewer"]["patient"] == {"preferredLanguage": None}
        patients = client[settings.database]["patients"]
        patients.update_one({"_id": served_clinic.alice.id}, {"$set": {"preferred_language": PatientLanguage("de").sealed}})
        assert _ask(socket, query, "2")["payload"]["data"]["viewer"]["patient"] == {"preferredLanguage": "de"}


def test_a_bad_token_ends_the_connection(served: str) -> None:
    for payload in ({"authorization": "Bearer nonsense"}, {"authorization": 7}, {"Authorization": "Basic YTpi"}):
        with _open(served, payload) as socket:
            with pytest.raises(ConnectionClosed) as closed:
                socket.recv(timeout=5)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 4403


def test_nobody_may_ask_what_nobody_may_see(served: str) -> None:
    with _open(served, None) as socket:
        socket.recv(timeout=5)
        assert _ask(socket, "{ viewer { roles } }")["payload"]["data"] == {"viewer": None}
        refused = _ask(socket, "{ patients { totalCount } }", "2")
        assert refused["payload"][0]["extensions"]["code"] == "UNAUTHENTICATED"


def test_limits_hold_on_sockets_too(served: str) -> None:
    with _open(served, None) as socket:
        socket.recv(timeout=5)
        wide = "{ " + " ".join(f"a{number}: __typename" for number in range(31)) + " }"
        assert _ask(socket, wide)["payload"][0]["extensions"]["code"] == "LIMIT_EXCEEDED"
