"""Probes tell the truth, quickly, and nothing more."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import httpx
import pytest
from pymongo.errors import ServerSelectionTimeoutError
from starlette.applications import Starlette
from starlette.routing import Route

from ohms_graphql.health import healthz, readyz
from ohms_graphql.security_headers import SecurityHeaders

UNAVAILABLE = {"status": "unavailable", "database": "unreachable"}


async def ready(ping: Callable[[], Awaitable[None]], path: str = "/readyz") -> httpx.Response:
    app = Starlette(routes=[Route("/healthz", healthz), Route("/readyz", readyz(ping))])
    transport = httpx.ASGITransport(app=SecurityHeaders(app))
    async with httpx.AsyncClient(transport=transport, base_url="http://ohms.example") as client:
        return await client.get(path)


async def answers() -> None:
    pass


async def refuses() -> None:
    raise ServerSelectionTimeoutError("mongodb://user:password@database.internal:27017")


async def hangs() -> None:
    await asyncio.Event().wait()


async def test_a_database_that_answers_is_ready() -> None:
    response = await ready(answers)
    assert (response.status_code, response.json()) == (200, {"status": "ok", "database": "ok"})
    assert response.headers["cache-control"] == "no-store"


async def test_a_database_that_is_away_is_not_and_its_address_stays_ours(caplog: pytest.LogCaptureFixture) -> None:
    response = await ready(refuses)
    assert (response.status_code, response.json()) == (503, UNAVAILABLE)
    assert response.headers["cache-control"] == "no-store"
    (logged,) = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert logged.getMessage() == "not ready: the database does not answer (ServerSelectionTimeoutError)"


async def test_a_database_that_does_not_answer_in_time_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ohms_graphql.health._PATIENCE_SECONDS", 0.05)
    response = await asyncio.wait_for(ready(hangs), timeout=5)
    assert (response.status_code, response.json()) == (503, UNAVAILABLE)


async def test_the_process_is_up_though_the_database_is_away() -> None:
    response = await ready(refuses, "/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
