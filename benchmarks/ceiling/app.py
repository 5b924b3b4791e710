"""The ceiling as a bare ASGI application: ``GET /schedule/{provider}`` and ``GET /chart/{patient}``."""

from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from pymongo.asynchronous.database import AsyncDatabase
from starlette.types import ASGIApp, Receive, Scope, Send

from benchmarks.ceiling.caller import Keys, Refused, calling_provider
from benchmarks.ceiling.chart import chart
from benchmarks.ceiling.schedule import schedule
from benchmarks.ceiling.shapes import Row, document_id

Database = AsyncDatabase[dict[str, Any]]
_PAGES: dict[str, Callable[[Database, str, str], Awaitable[Row]]] = {"schedule": schedule, "chart": chart}


def create_ceiling(database: Database, keys: Keys) -> ASGIApp:
    """Answers with ``{"data": ...}`` in the shape of the GraphQL answer; 401 for whoever is no provider."""

    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        try:
            caller = await calling_provider(database, keys, scope["headers"])
            page, _, node = scope["path"][1:].partition("/")
            data = await _PAGES[page](database, caller, document_id(node))
        except Refused:
            await _answer(send, 401, b"{}")
            return
        await _answer(send, 200, orjson.dumps({"data": data}, option=orjson.OPT_UTC_Z))

    return app


async def _answer(send: Send, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
