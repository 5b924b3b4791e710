"""Outside tokens on websockets: good for them as on HTTP, and ended with the account's sessions while something is open."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from pymongo import MongoClient
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from models.identity import new_id
from ohms_graphql.settings import Settings
from tests.ohms_graphql.conftest import serving
from tests.ohms_graphql.identity_providers.conftest import Issuer
from tests.ohms_graphql.identity_providers.test_bearer_tokens import _token


@pytest.fixture
def served_outside(outside_settings: Settings) -> Iterator[str]:
    with serving(outside_settings) as address:
        yield address


def test_ending_the_sessions_ends_an_open_subscription(served_outside: str, outside_settings: Settings, issuer: Issuer) -> None:
    token = _token(issuer, iat=int(time.time()) - 60)
    subprotocols = [Subprotocol("graphql-transport-ws")]
    with (
        MongoClient[dict[str, Any]](outside_settings.mongodb_url) as client,
        connect(f"ws://{served_outside}/graphql", subprotocols=subprotocols, proxy=None) as opened,
    ):
        opened.send(json.dumps({"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}}))
        assert json.loads(opened.recv(timeout=5))["type"] == "connection_ack"
        query = "subscription { viewerChanged { roles } }"
        opened.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": query}}))
        first = json.loads(opened.recv(timeout=5))
        assert first["payload"]["data"] == {"viewerChanged": {"roles": ["STAFF"]}}
        client[outside_settings.database]["accounts"].update_many({}, {"$set": {"sessions_from": new_id()}})
        with pytest.raises(ConnectionClosed) as closed:
            opened.recv(timeout=2)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4403
