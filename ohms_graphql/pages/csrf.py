"""Forms that only our own pages can send.

A synchronizer token (OWASP CSRF cheat sheet): HMAC of the browser's cookie, so that it is bound to this browser, before
sign-in as well, and needs no storage. On top of it, browsers say where a form came from.
"""

import hmac
from hashlib import sha256
from urllib.parse import urlsplit

from starlette.requests import Request

from ohms_graphql.errors import OhmsError
from ohms_graphql.sealer import derived_key

FIELD = "csrf_token"


class ForeignForm(OhmsError):
    """A form that did not come from a page of ours in this browser."""


class FormGuard:
    def __init__(self, secret: str, public_url: str) -> None:
        self._key = derived_key(secret, "form tokens")
        address = urlsplit(public_url)
        self._origin = f"{address.scheme}://{address.netloc}"

    def token(self, cookie: str) -> str:
        """What a form in the browser with this cookie carries in its field ``csrf_token``."""
        return hmac.new(self._key, cookie.encode(), sha256).hexdigest()

    def check(self, request: Request, cookie: str | None, token: object) -> None:
        """Raises ForeignForm."""
        if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
            raise ForeignForm("This form came from another site.")
        # Under Referrer-Policy no-referrer browsers send "null" for forms of our own pages too: that says nothing.
        if request.headers.get("origin", "null") not in {"null", self._origin}:
            raise ForeignForm("This form came from another site.")
        if cookie is None or not isinstance(token, str) or not hmac.compare_digest(self.token(cookie).encode(), token.encode()):
            raise ForeignForm("This form is not from this browser, or cookies are off. Go back, reload the page and try again.")
