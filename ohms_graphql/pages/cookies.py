"""The one cookie: 256 random bits that name a browser, before sign-in and after."""

import secrets
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response

_LENGTH = 43
"""Of 32 bytes in base64url."""


class BrowserCookie:
    """``__Host-`` binds the cookie to this host and path / (RFC 6265bis); browsers take that prefix over https only."""

    def __init__(self, public_url: str, *, in_production: bool) -> None:
        https = public_url.startswith("https:")
        self.name = "__Host-ohms_session" if https else "ohms_session"
        self._secure = https or in_production

    def read(self, request: Request) -> str | None:
        value = request.cookies.get(self.name)
        return value if value is not None and len(value) == _LENGTH else None

    def fresh(self) -> str:
        """A new one. Sign-in always takes a new one, so that a planted cookie is worth nothing (session fixation)."""
        return secrets.token_urlsafe(32)

    def set(self, response: Response, value: str) -> None:
        response.set_cookie(self.name, value, path="/", secure=self._secure, httponly=True, samesite="lax")

    def clear(self, response: Response) -> None:
        response.delete_cookie(self.name, path="/", secure=self._secure, httponly=True, samesite="lax")


def cookie_digest(value: str) -> str:
    """What is stored of a cookie."""
    return sha256(value.encode()).hexdigest()
