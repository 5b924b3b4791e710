"""One log line for each request: what was asked for and how it ended, without query strings, addresses or bodies."""

import logging
import re
import secrets
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ohms_graphql.json_logging import request_id

_log = logging.getLogger(__name__)
_SOUND_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_SECRET_STEP = re.compile(r"^(/(?:calendar/[a-z]+|documents|fhir/bundles|invoices)/)[^/]+")
"""Calendar programs and downloads send no header: the link itself is their key."""
_PROBES = frozenset({"/healthz", "/readyz"})


class AccessLog:
    """Gives each request an id, that of the proxy in ``X-Request-ID`` if it sent one, and logs the request when it has ended."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        current = given if _SOUND_ID.fullmatch(given) else secrets.token_hex(8)
        token = request_id.set(current)
        started = time.perf_counter()
        status = 500

        async def noting_status(message: Message) -> None:
            nonlocal status
            match message["type"]:
                case "http.response.start":
                    status = message["status"]
                    MutableHeaders(scope=message)["x-request-id"] = current
                case "websocket.accept":
                    status = 101
                case "websocket.close" if status == 500:  # closed before it was accepted
                    status = 403
            await send(message)

        try:
            await self._app(scope, receive, noting_status)
        finally:
            _write(scope, status, time.perf_counter() - started)
            request_id.reset(token)


def _write(scope: Scope, status: int, seconds: float) -> None:
    method = scope.get("method", "WEBSOCKET")
    path = _SECRET_STEP.sub(r"\1...", scope["path"])
    level = logging.DEBUG if path in _PROBES and status < 400 else logging.INFO
    fields = {"method": method, "path": path, "status": status, "duration_ms": round(seconds * 1000, 1)}
    _log.log(level, "%s %s %d", method, path, status, extra=fields)
