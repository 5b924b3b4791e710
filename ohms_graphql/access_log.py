"""One log line for each request: what was asked for and how it ended, without query strings, addresses or bodies."""

import logging
import random
import re
import time
from collections.abc import Awaitable, Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ohms_graphql.json_logging import request_id

_log = logging.getLogger(__name__)
_SOUND_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")
_SECRET_STEP = re.compile(r"(/(?:calendar/[a-z]+|documents|fhir/bundles|invoices)/)[^/]+")
"""Calendar programs and downloads send no header: the link itself is their key."""
_PROBES = frozenset({"/healthz", "/readyz"})
_ID = b"x-request-id"

Write = Callable[[int, str, str, int, float], None]
"""Takes the level, the method, the path, the status and the milliseconds of a request."""


def through_logging(level: int, method: str, path: str, status: int, milliseconds: float) -> None:
    fields = {"method": method, "path": path, "status": status, "duration_ms": round(milliseconds, 1)}
    _log.log(level, "%s %s %s", method, path, status, extra=fields)


class AccessLog:
    """Gives each request an id, that of the proxy in ``X-Request-ID`` if it sent one, and logs the request when it has ended."""

    def __init__(self, app: ASGIApp, write: Write = through_logging) -> None:
        self._app = app
        self._write = write

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        current = _id_of(scope)
        token = request_id.set(current)
        started = time.perf_counter()
        status = 500

        def noting_status(message: Message) -> Awaitable[None]:
            nonlocal status
            match message["type"]:
                case "http.response.start":
                    status = message["status"]
                    message["headers"] = [*message.get("headers", ()), (_ID, current.encode())]
                case "websocket.accept":
                    status = 101
                case "websocket.close" if status == 500:  # closed before it was accepted
                    status = 403
            return send(message)

        try:
            await self._app(scope, receive, noting_status)
        finally:
            self._tell(scope, status, time.perf_counter() - started)
            request_id.reset(token)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        path = scope["path"]
        level = logging.DEBUG if path in _PROBES and status < 400 else logging.INFO
        if _log.isEnabledFor(level):
            method = scope.get("method", "WEBSOCKET")
            self._write(level, method, _without_secret(path), status, seconds * 1000)


def _without_secret(path: str) -> str:
    found = _SECRET_STEP.match(path)
    return path if found is None else f"{found[1]}...{path[found.end() :]}"


def _id_of(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == _ID:
            return value.decode() if _SOUND_ID.fullmatch(value) else _new_id()
    return _new_id()


def _new_id() -> str:
    """No secret, only unlike the others: not worth a call of the system for each request."""
    return f"{random.getrandbits(64):016x}"
