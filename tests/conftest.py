"""One real MongoDB for the whole run, and a fresh database in it for each test that asks."""

import signal
import threading
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from pymongo import MongoClient

from ohms_graphql.embedded_mongod import embedded_mongod

if threading.current_thread() is threading.main_thread():
    # A shell that runs us in the background makes us ignore Ctrl-C, and so would the programs that tests interrupt.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def mongodb_url(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of the embedded server. All workers of a run share one; the last to leave stops it and deletes its files."""
    run_folder = tmp_path_factory.getbasetemp()
    if hasattr(request.config, "workerinput"):
        run_folder = run_folder.parent  # that of the run: each worker of xdist has a folder of its own in it
    with embedded_mongod(run_folder / "embedded-mongodb", throw_away=True) as url:
        yield url


@pytest.fixture(scope="session")
def _mongodb_client(mongodb_url: str) -> Iterator[MongoClient[dict[str, Any]]]:
    with MongoClient[dict[str, Any]](mongodb_url) as client:
        yield client


@pytest.fixture
def database_name(_mongodb_client: MongoClient[dict[str, Any]]) -> Iterator[str]:
    """The name of a database that no other test uses; it is dropped after the test."""
    name = f"test_{uuid.uuid4().hex}"
    yield name
    _mongodb_client.drop_database(name)
