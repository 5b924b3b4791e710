"""What holds for documents over HTTP holds over a websocket: named by their hash, or of a list and no others."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from ohms_graphql.document_names import digest_of
from ohms_graphql.settings import Settings
from tests.ohms_graphql.conftest import serving

VIEWER = "query Viewer { viewer { roles } }"
FOLLOWED = "subscription { viewerChanged { roles } }"
OTHER = "{ viewer { __typename } }"


@pytest.fixture
def socket(settings: Settings) -> Iterator[ClientConnection]:
    with serving(settings) as address, _open(address) as opened:
        yield opened


@pytest.fixture
def trusting_socket(settings: Settings, tmp_path: Path) -> Iterator[ClientConnection]:
    """Of a server with a list."""
    manifest = tmp_path / "trusted.json"
    manifest.write_text(json.dumps({digest_of(text): text for text in (VIEWER, FOLLOWED)}))
    with serving(settings.model_copy(update={"trusted_documents": manifest})) as address, _open(address) as opened:
        yield opened


@contextmanager
def _open(address: str) -> Iterator[ClientConnection]:
    with connect(f"ws://{address}/graphql", subprotocols=[Subprotocol("graphql-transport-ws")], proxy=None) as opened:
        opened.send(json.dumps({"type": "connection_init"}))
        assert json.loads(opened.recv(timeout=5))["type"] == "connection_ack"
        yield opened


def _answer(socket: ClientConnection, **payload: Any) -> Any:
    """The data, or the code of the error. The socket stays open."""
    socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
    message = json.loads(socket.recv(timeout=5))
    if message["type"] == "error":
        return message["payload"][0]["extensions"]["code"]
    assert json.loads(socket.recv(timeout=5)) == {"id": "1", "type": "complete"}
    return message["payload"]["data"]


def _persisted(text: str) -> dict[str, Any]:
    return {"persistedQuery": {"version": 1, "sha256Hash": digest_of(text)}}


def test_a_document_is_named_once_it_was_admitted(socket: ClientConnection) -> None:
    assert _answer(socket, extensions=_persisted(VIEWER)) == "PERSISTED_QUERY_NOT_FOUND"
    assert _answer(socket, documentId=digest_of(VIEWER)) == "PERSISTED_QUERY_NOT_FOUND"
    for _ in range(2):  # the second time it is known, and gets its name
        assert _answer(socket, query=VIEWER, extensions=_persisted(VIEWER)) == {"viewer": None}
    assert _answer(socket, extensions=_persisted(VIEWER)) == {"viewer": None}
    assert _answer(socket, documentId=f"sha256:{digest_of(VIEWER)}", operationName="Viewer") == {"viewer": None}


def test_a_hash_is_that_of_its_document(socket: ClientConnection) -> None:
    assert _answer(socket, query=VIEWER, extensions=_persisted(OTHER)) == "BAD_REQUEST"
    assert _answer(socket, extensions={"persistedQuery": {"version": 2, "sha256Hash": "x"}}) == "PERSISTED_QUERY_NOT_SUPPORTED"
    assert _answer(socket, extensions=_persisted(OTHER)) == "PERSISTED_QUERY_NOT_FOUND"


def test_nothing_but_the_list_is_run(trusting_socket: ClientConnection) -> None:
    for named in ({"query": VIEWER}, {"extensions": _persisted(VIEWER)}, {"documentId": f"sha256:{digest_of(VIEWER)}"}):
        assert _answer(trusting_socket, **named) == {"viewer": None}
    for other in (
        {"query": OTHER},
        {"query": VIEWER + " "},
        {"query": "subscription { viewerChanged { __typename } }"},
        {"query": "{ __schema { types { name } } }"},
        {"extensions": _persisted(OTHER)},
        {"documentId": digest_of(OTHER)},
        {"query": OTHER, "extensions": _persisted(OTHER)},
    ):
        assert _answer(trusting_socket, **other) == "PERSISTED_QUERY_NOT_IN_LIST"
    assert _answer(trusting_socket, query=OTHER, extensions=_persisted(VIEWER)) == "BAD_REQUEST"


def test_a_subscription_of_the_list_runs(trusting_socket: ClientConnection) -> None:
    assert _answer(trusting_socket, documentId=digest_of(FOLLOWED)) == "UNAUTHENTICATED"  # it is nobody who asks
