"""The whole application over a small clinic: in the test's own loop, or on a real socket."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette

from benchmarks.stored_ring import tokens_with_stored_keys
from models.identity import new_id
from ohms_graphql.app import create_app
from ohms_graphql.database import open_database
from ohms_graphql.gathered_writes import WholeAnswersProtocol
from ohms_graphql.settings import Settings, load_settings
from tests.clinic import Clinic
from tests.prepared import is_to_be_built
from tests.signing_key import plant_signing_key


@pytest.fixture
def settings(mongodb_url: str, database_name: str) -> Settings:
    settings = load_settings({"OHMS_MONGODB_URL": mongodb_url, "OHMS_DATABASE": database_name})
    plant_signing_key(settings)
    return settings


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[Starlette]:
    app = create_app(settings, build_indexes=is_to_be_built(settings.database))
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def http(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    """Unexpected errors are answered, not raised, as on a real server."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://ohms.example") as client:
        yield client


@pytest.fixture
async def clinic(app: Starlette) -> Clinic:
    return await Clinic().stored()


def authorization(settings: Settings, clinic: Clinic, caller: str) -> dict[str, str]:
    """The header that makes a request the caller's."""
    return {"authorization": f"Bearer {tokens_with_stored_keys(settings).issue(clinic.accounts[caller].id, new_id()).value}"}


class QuietServer(uvicorn.Server):
    """Runs in a thread, where signals are not ours to take."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@pytest.fixture
def served_clinic(settings: Settings) -> Clinic:
    """The clinic, stored before a server thread binds the documents to its own client."""

    async def store() -> Clinic:
        async with open_database(settings.mongodb_url or "", settings.database):
            return await Clinic().stored()

    return asyncio.run(store())


@contextmanager
def serving(settings: Settings) -> Iterator[str]:
    """``127.0.0.1:port`` of a real server, in a thread, inside the block."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            create_app(settings), http=WholeAnswersProtocol, ws="websockets-sansio", log_config=None, lifespan="on"
        )
        server = QuietServer(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started and thread.is_alive():
            thread.join(0.02)
        assert server.started
        try:
            yield f"127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def served(settings: Settings, served_clinic: Clinic) -> Iterator[str]:  # stored before
    """``127.0.0.1:port`` of a real server."""
    with serving(settings) as address:
        yield address
