"""Probes: is the process up, and can it work?"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from pymongo.errors import PyMongoError
from starlette.requests import Request
from starlette.responses import JSONResponse

_log = logging.getLogger(__name__)
_PATIENCE_SECONDS = 2


async def healthz(_request: Request) -> JSONResponse:
    """200 as long as the process answers."""
    return JSONResponse({"status": "ok"})


def readyz(ping: Callable[[], Awaitable[None]]) -> Callable[[Request], Awaitable[JSONResponse]]:
    """200 when the database answers within two seconds, else 503: a load balancer sends nobody here."""

    async def probe(_request: Request) -> JSONResponse:
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await ping()
        except (PyMongoError, TimeoutError) as error:
            _log.warning("not ready: the database does not answer (%s)", type(error).__name__)
            return JSONResponse({"status": "unavailable", "database": "unreachable"}, status_code=503)
        return JSONResponse({"status": "ok", "database": "ok"})

    return probe
