"""Makes a lone mongod a replica set of one, without which MongoDB has neither transactions nor change streams."""

import time
from collections.abc import Callable
from typing import Any

from pymongo import MongoClient
from pymongo.errors import AutoReconnect, OperationFailure, PyMongoError

from ohms_graphql.errors import OhmsError

REPLICA_SET = "ohms"
_PATIENCE_SECONDS = 60.0
_NOT_YET_INITIALIZED = 94
_ALREADY_INITIALIZED = 23


def replica_set_url(port: int) -> str:
    return f"mongodb://127.0.0.1:{port}/?replicaSet={REPLICA_SET}"


def make_primary(port: int, still_runs: Callable[[], bool]) -> None:
    """Returns when the server on ``port`` accepts writes, most often at once. Raises OhmsError when it ends or never does.

    Whoever connects must do so with a new client: one that connected before the set was made believes that there are no sessions.
    """
    client: MongoClient[dict[str, Any]] = MongoClient(
        "127.0.0.1", port, directConnection=True, serverSelectionTimeoutMS=2_000, appname="ohms-setup"
    )
    deadline = time.monotonic() + _PATIENCE_SECONDS
    configured = False
    with client:
        while still_runs() and time.monotonic() < deadline:
            try:
                configured = configured or _configured(client, f"127.0.0.1:{port}")
                if configured and client.admin.command("hello")["isWritablePrimary"]:
                    return
            except AutoReconnect:
                pass  # a server that changes its role hangs up
            except PyMongoError as error:
                raise OhmsError(f"The embedded MongoDB on port {port} refuses to be set up ({type(error).__name__}).") from error
            time.sleep(0.01)
    raise OhmsError(f"The embedded MongoDB on port {port} does not become writable; its log says why.")


def _configured(client: MongoClient[dict[str, Any]], address: str) -> bool:
    """Whether the set knows its one member by ``address``, to which clients will be sent; sees to it otherwise."""
    try:
        config = client.admin.command("replSetGetConfig")["config"]
    except OperationFailure as error:
        if error.code != _NOT_YET_INITIALIZED:
            raise
        _initiate(client, address)
        return False
    if config["members"][0]["host"] != address:
        config["members"][0]["host"] = address
        config["version"] += 1
        client.admin.command("replSetReconfig", config, force=True)  # no majority to ask: nobody listens at the old address
    return True


def _initiate(client: MongoClient[dict[str, Any]], address: str) -> None:
    """Makes the set; waits, instead, until the server has read the set that it has.

    It is slow to do so, by half a minute, when at its old port it finds somebody who takes connections and never answers.
    """
    try:
        client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": [{"_id": 0, "host": address}]})
    except OperationFailure as error:
        if error.code != _ALREADY_INITIALIZED:
            raise
