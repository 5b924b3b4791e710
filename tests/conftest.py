"""One real MongoDB for the whole run, and a fresh database in it for each test that asks."""

import asyncio
import hashlib
import logging
import os
import shutil
import signal
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from pymongo import MongoClient

from models.secret import use_key_ring
from ohms_graphql.embedded_mongod import embedded_mongod
from ohms_graphql.keys.ring import new_key_ring
from tests.no_database import bind_to_nothing
from tests.prepared import forget

if threading.current_thread() is threading.main_thread():
    # A shell that runs us in the background makes us ignore Ctrl-C, and so would the programs that tests interrupt.
    signal.signal(signal.SIGINT, signal.default_int_handler)

# For what never meets a database: that would bring a key ring of its own, and the documents bound to it.
use_key_ring(new_key_ring())
asyncio.run(bind_to_nothing())

# No test is timed: on a slow machine the first value of a wide type alone takes seconds to draw.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

_FASTER_DROPPED = 1000
"""From so many documents on, a collection is dropped faster than emptied."""


_CONFIGURED = ("", "models", "resolvers", "schema", "ohms_graphql", "uvicorn.error")
"""The loggers whose levels ``ohms_graphql.json_logging`` sets, the root first."""


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    """Commands that a test calls in this process configure logging for all that run after it."""
    root = logging.getLogger()
    handlers, levels = list(root.handlers), {name: logging.getLogger(name).level for name in _CONFIGURED}
    yield
    if root.handlers != handlers:
        root.handlers[:] = handlers
        logging.captureWarnings(capture=False)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


@pytest.fixture(scope="session")
def mongodb_url(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of the embedded server. All workers of a run share one; the last to leave stops it and deletes its files."""
    run_folder = tmp_path_factory.getbasetemp()
    if hasattr(request.config, "workerinput"):
        run_folder = run_folder.parent  # that of the run: each worker of xdist has a folder of its own in it
    with embedded_mongod(_in_memory(run_folder) / "embedded-mongodb", throw_away=True) as url:
        yield url


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Whoever began the run leaves nothing of it in memory: the workers have ended."""
    if not hasattr(session.config, "workerinput"):
        run_folder: Path = session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
        shutil.rmtree(_memory_of(run_folder), ignore_errors=True)


def _in_memory(run_folder: Path) -> Path:
    """A folder of the same run in memory, where there is room for it: each test makes and drops two hundred files."""
    folder = _memory_of(run_folder)
    memory = folder.parent
    if not (memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 4 * 2**30):
        return run_folder
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _memory_of(run_folder: Path) -> Path:
    return Path("/dev/shm") / f"ohms-{os.getuid()}-{hashlib.sha256(str(run_folder).encode()).hexdigest()[:16]}"


@pytest.fixture(scope="session")
def _mongodb_client(mongodb_url: str) -> Iterator[MongoClient[dict[str, Any]]]:
    with MongoClient[dict[str, Any]](mongodb_url) as client:
        # The clocks of tests stand in the past; MongoDB's sweeper goes by its own and takes what has expired, once a minute.
        client.admin.command("setParameter", 1, ttlMonitorEnabled=False)
        yield client


@pytest.fixture(scope="session")
def _database_of_worker() -> str:
    return f"test_{uuid.uuid4().hex}"


@pytest.fixture
def database_name(_mongodb_client: MongoClient[dict[str, Any]], _database_of_worker: str) -> Iterator[str]:
    """The name of a database without documents that no other worker uses; it is emptied after the test.

    Its collections and indexes stay for the next test: making two hundred of them takes longer than most tests.
    """
    yield _database_of_worker
    database = _mongodb_client[_database_of_worker]
    for name in database.list_collection_names():
        count = database[name].estimated_document_count()
        if count > _FASTER_DROPPED:
            database.drop_collection(name)
            forget(_database_of_worker)
        elif count:
            database[name].delete_many({})
