"""The OAuth server of the toy: as much of RFC 6749, 7636, 7009, 8414 and 9207 as GraphiQL's side of them can be tried with.

It checks what a server must (redirect address, PKCE, one use of each code and refresh token), so that a page which leaves
something out fails here.
"""

import base64
import hashlib
import html
import secrets
from dataclasses import dataclass, field
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

EMAIL, PASSWORD = "grace@clinic.example", "correct horse"
OTHER_EMAIL = "sam@clinic.example"
COOKIE = "toy_session"

_FORM = """<!doctype html><html lang="en"><title>Sign in</title><link rel="icon" href="data:,">
<p role="alert">{message}</p>
<form method="post" action="/oauth/authorize?{query}"><label>E-mail <input name="email" autofocus></label>
<label>Password <input name="password" type="password"></label><button>Sign in</button>
<a href="{cancel}">Cancel</a></form></html>"""
_CONFIRM = """<!doctype html><html lang="en"><title>Sign out</title><link rel="icon" href="data:,">
<form method="post" action="/oauth/logout?{query}"><button>Sign out everywhere</button></form></html>"""


@dataclass
class ToyOAuth:
    """Everything that was given out. `tokens` and `refresh_tokens` name the account behind each."""

    lifetime: int = 3600
    tokens: dict[str, str] = field(default_factory=dict)
    refresh_tokens: dict[str, str] = field(default_factory=dict)
    revoked: list[str] = field(default_factory=list)
    refreshes: int = 0
    issuer_in_answers: str | None = None  # set to pretend to be another server
    _browsers: dict[str, str] = field(default_factory=dict)
    _codes: dict[str, tuple[str, str]] = field(default_factory=dict)

    def routes(self) -> list[Route]:
        return [
            Route("/.well-known/openid-configuration", self._metadata),
            Route("/oauth/authorize", self._authorize, methods=["GET", "POST"]),
            Route("/oauth/token", self._token, methods=["POST"]),
            Route("/oauth/revoke", self._revoke, methods=["POST"]),
            Route("/oauth/logout", self._logout, methods=["GET", "POST"]),
        ]

    async def _metadata(self, request: Request) -> Response:
        issuer = _issuer(request)
        endpoints = {"authorization": "authorize", "token": "token", "revocation": "revoke", "end_session": "logout"}
        return JSONResponse(
            {
                "issuer": issuer,
                "authorization_response_iss_parameter_supported": True,
                **{f"{name}_endpoint": f"{issuer}/oauth/{path}" for name, path in endpoints.items()},
            }
        )

    async def _authorize(self, request: Request) -> Response:
        asked = request.query_params
        assert asked["response_type"] == "code"
        assert asked["client_id"] == "graphiql"
        assert asked["code_challenge_method"] == "S256"
        assert asked["redirect_uri"] == f"{_issuer(request)}/graphql"
        assert asked["scope"] == "openid profile email ohms"
        email = self._browsers.get(request.cookies.get(COOKIE, ""))
        message, cookie = "", None
        if request.method == "POST":
            typed = await request.form()
            if typed["password"] == PASSWORD and typed["email"] in {EMAIL, OTHER_EMAIL}:
                email, cookie = str(typed["email"]), secrets.token_urlsafe()
                self._browsers[cookie] = email
            else:
                message = "Wrong e-mail or password."
        if email is None:
            cancel = html.escape(self._answer(request, error="access_denied"))
            return HTMLResponse(_FORM.format(message=message, query=html.escape(str(asked)), cancel=cancel))
        code = secrets.token_urlsafe()
        self._codes[code] = (email, asked["code_challenge"])
        response = RedirectResponse(self._answer(request, code=code), 303)
        if cookie:
            response.set_cookie(COOKIE, cookie, httponly=True, samesite="lax")
        return response

    def _answer(self, request: Request, **answer: str) -> str:
        asked = request.query_params
        issuer = self.issuer_in_answers or _issuer(request)
        return f"{asked['redirect_uri']}?{urlencode({**answer, 'state': asked['state'], 'iss': issuer})}"

    async def _token(self, request: Request) -> Response:
        sent = await request.form()
        if sent["grant_type"] == "refresh_token":
            self.refreshes += 1
            email = self.refresh_tokens.pop(str(sent["refresh_token"]), None)
        else:
            email, challenge = self._codes.pop(str(sent["code"]), (None, ""))
            if challenge != _challenge(str(sent["code_verifier"])) or sent["redirect_uri"] != f"{_issuer(request)}/graphql":
                email = None
        if email is None:
            return JSONResponse({"error": "invalid_grant"}, 400)
        access, refresh = (f"{kind}-{secrets.token_urlsafe()}" for kind in ("access", "refresh"))
        self.tokens[access], self.refresh_tokens[refresh] = email, email
        return JSONResponse(
            {"access_token": access, "refresh_token": refresh, "token_type": "Bearer", "expires_in": self.lifetime},
            headers={"cache-control": "no-store"},
        )

    async def _revoke(self, request: Request) -> Response:
        token = str((await request.form())["token"])
        self.revoked.append(token)
        self.refresh_tokens.pop(token, None)
        return Response(status_code=200)

    async def _logout(self, request: Request) -> Response:
        asked = request.query_params
        assert asked["client_id"] == "graphiql"
        assert asked["post_logout_redirect_uri"] == f"{_issuer(request)}/graphql"
        if request.method == "GET":
            return HTMLResponse(_CONFIRM.format(query=html.escape(str(asked))))
        self._browsers.pop(request.cookies.get(COOKIE, ""), None)
        response = RedirectResponse(asked["post_logout_redirect_uri"], 303)
        response.delete_cookie(COOKIE)
        return response


def _issuer(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
