"""The authorization endpoint (RFC 6749, 3.1): checks the request, signs people in, asks whether they agree, and gives the code.

The request stays in the address from the first page to the last, and is checked anew each time: nothing is remembered that could
be another's, and no address is followed but one that is registered for the client.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc6749 import OAuth2Error
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from models.account import Account
from models.base import now
from models.browser_session import BrowserSession
from models.oauth_grant import Consent
from ohms_graphql.oauth.authorization_server import CoreServer
from ohms_graphql.oauth.browser_sessions import BrowserSessions
from ohms_graphql.oauth.clients import Client
from ohms_graphql.oauth.core_request import CoreRequest
from ohms_graphql.oauth.page_form import PageForm
from ohms_graphql.oauth.scopes import SCOPES
from ohms_graphql.oauth.sign_in_page import SignInPage
from ohms_graphql.pages.csrf import ForeignForm
from ohms_graphql.pages.renderer import message_page, render
from resolvers.context import RequestContext

OpenContext = Callable[[str | None, str], Awaitable[RequestContext]]
_JUST_NOW = timedelta(seconds=60)


class AuthorizePage:
    def __init__(
        self,
        server: Callable[[], CoreServer],
        sessions: BrowserSessions,
        sign_in: SignInPage,
        form_of: Callable[[Request], PageForm],
        open_context: OpenContext,
    ) -> None:
        self._server = server
        self._sessions = sessions
        self._sign_in = sign_in
        self._form_of = form_of
        self._open_context = open_context

    async def __call__(self, request: Request) -> Response:
        server, query = self._server(), request.query_params
        asked = CoreRequest("GET", request.url.path, request.headers, query=query)
        try:
            grant = await server.bridge.beside(lambda: server.get_consent_grant(asked))
        except OAuth2Error as error:
            return _refused(error, server.tokens.issuer)
        except ValueError:  # Authlib, of a redirect address with characters that its own message may not hold
            return message_page("This request cannot be answered", "The address to return to is not one of this client's.")
        client: Client = grant.request.client
        found = await self._sessions.find(request, server.clock())
        form = self._form_of(request)
        if request.method == "POST":
            return await self._posted(request, form, client, found)
        if found is None or _wants_sign_in(query.get("prompt"), query.get("max_age"), found[0], server.clock()):
            if query.get("prompt") == "none":
                return self._back(request, error="login_required")
            return self._sign_in.show(request, form)
        return await self._signed_in(request, form, client, *found)

    async def _posted(
        self, request: Request, form: PageForm, client: Client, found: tuple[BrowserSession, Account] | None
    ) -> Response:
        try:
            entered = await form.read()
        except ForeignForm as foreign:
            return message_page("This form cannot be used", str(foreign), status=403)
        match entered.get("do"):
            case "agree" if found is not None:
                await _agree(found[1].id, client.id, _scopes(request, client))
                return await self._code(request, client, *found)
            case "deny":
                return self._back(request, error="access_denied")
            case "sign-in":
                context = await self._open_context(None, request.client.host if request.client else "")
                return await self._sign_in.signed_in(request, form, entered, context)
            case _:
                return self._sign_in.show(request, form)

    async def _signed_in(
        self, request: Request, form: PageForm, client: Client, session: BrowserSession, account: Account
    ) -> Response:
        scopes = _scopes(request, client)
        agreed = client.first_party or await _has_agreed(account.id, client.id, scopes)
        if agreed and "consent" not in request.query_params.get("prompt", "").split():
            return await self._code(request, client, session, account)
        if request.query_params.get("prompt") == "none":
            return self._back(request, error="consent_required")
        address = urlsplit(request.query_params["redirect_uri"])
        page = render(
            "consent.html",
            title="Do you agree?",
            leads_to=f"{address.scheme}://{address.netloc}",
            action=f"{request.url.path}?{request.url.query}",
            csrf_token=form.token,
            client=client.name,
            destination=address.netloc,
            email=account.email,
            scopes=[SCOPES[name] for name in scopes],
        )
        return form.answer(page)

    async def _code(self, request: Request, client: Client, session: BrowserSession, account: Account) -> Response:
        query, server = request.query_params, self._server()
        code = await server.store.new_code(
            server.clock(),
            client_id=client.id,
            account_id=account.id,
            redirect_uri=query["redirect_uri"],
            scope=" ".join(_scopes(request, client)),
            nonce=query.get("nonce"),
            code_challenge=query["code_challenge"],
            browser_session_id=session.id,
            authenticated_at=session.authenticated_at,
        )
        return self._back(request, code=code)

    def _back(self, request: Request, **answer: str) -> Response:
        """To the client, with who answers (RFC 9207)."""
        state = request.query_params.get("state")
        given = {**answer, **({"state": state} if state is not None else {}), "iss": self._server().tokens.issuer}
        return RedirectResponse(add_params_to_uri(request.query_params["redirect_uri"], given), 303)


def _refused(error: OAuth2Error, issuer: str) -> Response:
    """An error goes to the client only where the client and its address are known."""
    if error.redirect_uri:
        status, _, headers = error()
        location = dict(headers)["Location"]
        return RedirectResponse(add_params_to_uri(location, {"iss": issuer}), 303 if status == 302 else status)
    known = {"invalid_client": "The program that sent you here is not known to this clinic."}
    message = known.get(error.error, "The program that sent you here asked for something that cannot be given.")
    return message_page("This request cannot be answered", message)


def _wants_sign_in(prompt: str | None, max_age: str | None, session: BrowserSession, instant: datetime) -> bool:
    age = instant - session.authenticated_at
    if "login" in (prompt or "").split() and age > _JUST_NOW:
        return True
    if max_age is None or not max_age.isdecimal() or len(max_age) > 9:
        return False
    return age > max(timedelta(seconds=int(max_age)), _JUST_NOW)


def _scopes(request: Request, client: Client) -> list[str]:
    return client.get_allowed_scope(request.query_params.get("scope")).split()


async def _has_agreed(account_id: str, client_id: str, scopes: list[str]) -> bool:
    consent = await Consent.get(f"{account_id}:{client_id}")
    return consent is not None and set(scopes) <= set(consent.scopes)


async def _agree(account_id: str, client_id: str, scopes: list[str]) -> None:
    """Adds to what was agreed before; one document for each person and client, whoever is faster."""
    key = f"{account_id}:{client_id}"
    instant = now()
    fresh = {"account_id": account_id, "client_id": client_id, "revision": 1, "created_at": instant, "updated_at": instant}
    change = {"$addToSet": {"scopes": {"$each": scopes}}, "$setOnInsert": fresh}
    await Consent.get_pymongo_collection().update_one({"_id": key}, change, upsert=True)
