"""graphql-transport-ws as such: subscriptions, limits, and clients that break the protocol. A toy graph on a real socket."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from tests.browser.server import served
from tests.ohms_graphql.toy_endpoint import SECRET, toy_app

PROTOCOL = Subprotocol("graphql-transport-ws")
AT_ONCE = 3
FRIEND = "https://friend.example"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(toy_app(max_subscriptions_per_connection=AT_ONCE, allowed_origins=[FRIEND])) as url:
        yield url.removeprefix("http://")


def opened(address: str, protocol: Subprotocol = PROTOCOL, origin: str | None = None) -> ClientConnection:
    given = None if origin is None else Origin(origin)
    return connect(f"ws://{address}/graphql", subprotocols=[protocol], proxy=None, origin=given)


@pytest.fixture
def socket(address: str) -> Iterator[ClientConnection]:
    """Opened and acknowledged."""
    with opened(address) as socket:
        send(socket, type="connection_init")
        assert receive(socket) == {"type": "connection_ack"}
        yield socket


def send(socket: ClientConnection, **message: Any) -> None:
    socket.send(json.dumps(message))


def subscribe(socket: ClientConnection, operation_id: str, query: Any, **others: Any) -> None:
    send(socket, id=operation_id, type="subscribe", payload={"query": query} | others)


def receive(socket: ClientConnection) -> dict[str, Any]:
    text = socket.recv(timeout=10)
    assert isinstance(text, str)
    message: dict[str, Any] = json.loads(text)
    return message


def refused(socket: ClientConnection, operation_id: str) -> tuple[str, str]:
    """Code and message of the refusal that comes next."""
    message = receive(socket)
    assert (message["type"], message["id"]) == ("error", operation_id)
    return message["payload"][0]["extensions"]["code"], message["payload"][0]["message"]


def closed(socket: ClientConnection) -> tuple[int, str]:
    with pytest.raises(ConnectionClosed) as ended:
        socket.recv(timeout=10)
    assert ended.value.rcvd is not None
    return ended.value.rcvd.code, ended.value.rcvd.reason


def test_a_subscription_sends_what_happens_and_then_that_it_is_over(socket: ClientConnection) -> None:
    subscribe(socket, "a", "subscription ($to: Int!) { count(to: $to) }", variables={"to": 2})
    assert receive(socket) == {"id": "a", "type": "next", "payload": {"data": {"count": 1}}}
    assert receive(socket) == {"id": "a", "type": "next", "payload": {"data": {"count": 2}}}
    assert receive(socket) == {"id": "a", "type": "complete"}


def test_each_operation_has_a_context_of_its_own(socket: ClientConnection) -> None:
    numbers = []
    for operation_id in ("a", "b"):
        subscribe(socket, operation_id, "{ number again: number }")
        data = receive(socket)["payload"]["data"]
        assert data["number"] == data["again"]
        numbers.append(data["number"])
        receive(socket)
    assert numbers[1] == numbers[0] + 1


def test_the_token_of_the_socket_is_that_of_its_operations(address: str) -> None:
    with opened(address) as socket:
        send(socket, type="connection_init", payload={"AUTHORIZATION": "Bearer good"})
        receive(socket)
        subscribe(socket, "a", "{ token }")
        assert receive(socket)["payload"]["data"] == {"token": "good"}


def test_only_so_many_operations_run_at_once_on_one_socket(socket: ClientConnection) -> None:
    for number in range(AT_ONCE):
        subscribe(socket, str(number), "subscription { forever }")
        assert receive(socket)["type"] == "next"
    subscribe(socket, "one more", "{ number }")
    code, message = refused(socket, "one more")
    assert code == "LIMIT_EXCEEDED"
    assert "at most 3" in message
    send(socket, id="0", type="complete")
    subscribe(socket, "now", "{ number }")
    assert receive(socket)["id"] == "now"


@pytest.mark.parametrize(
    ("query", "others", "code"),
    [
        ("{ number", {}, "GRAPHQL_PARSE_FAILED"),
        ("{ " + "a" * 200 + "\N{SNOWMAN} }", {}, "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", {}, "GRAPHQL_VALIDATION_FAILED"),
        ("query A { number }", {"operationName": "B"}, "OPERATION_RESOLUTION_FAILED"),
        ("fragment A on Query { number }", {}, "OPERATION_RESOLUTION_FAILED"),
        ("", {}, "BAD_REQUEST"),
        (7, {}, "BAD_REQUEST"),
        ("{ number }", {"variables": [1]}, "BAD_REQUEST"),
        ("{ number }", {"operationName": 7}, "BAD_REQUEST"),
    ],
)
def test_what_is_wrong_with_one_operation_leaves_the_others_alone(
    socket: ClientConnection, caplog: pytest.LogCaptureFixture, query: Any, others: dict[str, Any], code: str
) -> None:
    subscribe(socket, "stays", "subscription { forever }")
    assert receive(socket)["type"] == "next"
    subscribe(socket, "wrong", query, **others)
    assert refused(socket, "wrong")[0] == code
    subscribe(socket, "wrong", "{ number }")  # the id is free again
    assert receive(socket)["type"] == "next"
    assert receive(socket)["type"] == "complete"
    subscribe(socket, "stays", "{ number }")  # and the other one's is not
    assert closed(socket) == (4409, "Subscriber for stays already exists")
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.mark.parametrize(
    "sent",
    [
        "{",
        "5",
        "[]",
        "[" * 100_000,
        b"\x00",
        "{}",
        '{"type": 7}',
        json.dumps({"type": "x" * 1000}),
        '{"type": "subscribe", "payload": {"query": "{ number }"}}',
        '{"type": "subscribe", "id": [], "payload": {"query": "{ number }"}}',
        '{"type": "subscribe", "id": "", "payload": {"query": "{ number }"}}',
        '{"type": "subscribe", "id": "1"}',
        '{"type": "complete", "id": {}}',
        '{"type": "ping", "payload": []}',
    ],
)
def test_what_breaks_the_protocol_closes_the_socket_in_order(
    socket: ClientConnection, caplog: pytest.LogCaptureFixture, sent: str | bytes
) -> None:
    socket.send(sent)
    assert closed(socket)[0] == 4400
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.mark.parametrize(
    ("payload", "code"),
    [(None, None), ({}, None), ({"authorization": None}, None), ([], 4400), ({"authorization": "Bearer bad"}, 4403)],
)
def test_connection_init_with_or_without_a_payload(address: str, payload: object, code: int | None) -> None:
    with opened(address) as socket:
        send(socket, type="connection_init", payload=payload)
        if code is None:
            assert receive(socket) == {"type": "connection_ack"}
        else:
            assert closed(socket)[0] == code


def test_nothing_runs_before_connection_init(address: str) -> None:
    with opened(address) as socket:
        subscribe(socket, "a", "{ number }")
        assert closed(socket) == (4401, "Unauthorized")


def test_a_ping_is_answered(socket: ClientConnection) -> None:
    send(socket, type="ping", payload={"at": 1})
    assert receive(socket) == {"type": "pong"}
    send(socket, type="pong")
    send(socket, type="ping", payload=None)
    assert receive(socket) == {"type": "pong"}


@pytest.mark.parametrize("field", ["fail", "shared pair(shielded: true) { bad good }"])
def test_a_fault_in_a_query_is_masked(socket: ClientConnection, field: str) -> None:
    subscribe(socket, "a", f"{{ {field} }}")
    payload = receive(socket)["payload"]
    assert [error["extensions"]["code"] for error in payload["errors"]] == ["INTERNAL_SERVER_ERROR"]
    assert SECRET not in json.dumps(payload, ensure_ascii=False)
    assert receive(socket) == {"id": "a", "type": "complete"}


def test_a_fault_in_a_subscription_is_masked_and_ends_it(socket: ClientConnection) -> None:
    subscribe(socket, "a", "subscription { breaking }")
    assert receive(socket)["payload"] == {"data": {"breaking": 1}}
    message = receive(socket)
    assert [error["message"] for error in message["payload"]["errors"]] == ["Internal server error"]
    assert receive(socket) == {"id": "a", "type": "complete"}


def test_a_cancellation_that_strays_out_of_an_operation_is_told_to_it(socket: ClientConnection) -> None:
    subscribe(socket, "a", "{ pair(shielded: false) { bad good } unshielded }")
    assert refused(socket, "a") == ("INTERNAL_SERVER_ERROR", "Internal server error")


def test_when_the_database_is_away_clients_are_told_to_come_again(address: str, caplog: pytest.LogCaptureFixture) -> None:
    with opened(address) as socket:
        send(socket, type="connection_init", payload={"authorization": "Bearer down"})
        assert closed(socket) == (1013, "Try again later")
    assert "unexpected error while a websocket signed in" in caplog.messages


def test_only_pages_of_this_host_and_of_friends_may_open_a_socket(address: str) -> None:
    for origin in (FRIEND, f"http://{address}", None):
        with opened(address, origin=origin) as socket:
            send(socket, type="connection_init")
            assert receive(socket) == {"type": "connection_ack"}
    for origin in ("https://evil.example", "null", "http://127.0.0.1:1"):
        with pytest.raises(InvalidStatus, match="403"), opened(address, origin=origin):
            pass


def test_the_old_subprotocol_is_not_spoken(address: str) -> None:
    with opened(address, Subprotocol("graphql-ws")) as socket:
        assert closed(socket)[0] == 4406
