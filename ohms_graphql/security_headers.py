"""Headers that every answer carries."""

from collections.abc import Awaitable
from functools import lru_cache

from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
)


class SecurityHeaders:
    """Adds what an answer has not set itself: GraphiQL brings its own policy, its assets are kept by browsers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        await self._app(scope, receive, with_headers(send))


def with_headers(send: Send) -> Send:
    """Sends an answer with what it has not set itself."""

    def sending(message: Message) -> Awaitable[None]:
        if message["type"] == "http.response.start":
            headers = list(message.get("headers", ()))
            message["headers"] = headers + _missing(tuple([name for name, _ in headers]))
        return send(message)

    return sending


@lru_cache(maxsize=256)  # answers of one kind have headers of the same names
def _missing(names: tuple[bytes, ...]) -> list[tuple[bytes, bytes]]:
    given = {name.lower() for name in names}
    return [pair for pair in HEADERS if pair[0] not in given]
