"""Signing in through an outside provider: there by Authlib's Starlette client, and back with an account of ours."""

from collections.abc import Sequence
from typing import Any

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.starlette_client import OAuth
from joserfc.errors import JoseError
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from ohms_graphql.identity_providers.outside_tokens import ALGORITHMS, vouched
from ohms_graphql.identity_providers.provider import IdentityProvider
from ohms_graphql.oauth.authorize_page import OpenContext
from ohms_graphql.oauth.browser_sessions import BrowserSessions
from ohms_graphql.pages.renderer import message_page
from ohms_graphql.sealer import derived_key
from resolvers.accounts import note_sign_in
from resolvers.audit.asked import Asked
from resolvers.audit.settling import settle
from resolvers.context import RequestContext
from resolvers.outside_identities import enter
from resolvers.throttling import Limit, count_attempt
from resolvers.user_errors import Rejected

_SECONDS_FOR_A_SIGN_IN = 600
_PER_ADDRESS = 60
_ID_TOKEN_ALGORITHMS = "id_token_signing_alg_values_supported"  # noqa: S105


class OutsideSignIn:
    """State, nonce and PKCE verifier wait in a signed cookie of these routes alone, for ten minutes."""

    def __init__(
        self,
        providers: Sequence[IdentityProvider],
        public_url: str,
        secret: str,
        sessions: BrowserSessions,
        open_context: OpenContext,
    ) -> None:
        self._providers = {provider.name: provider for provider in providers}
        self._public_url = public_url
        self._sessions = sessions
        self._open_context = open_context
        self._clients = OAuth()
        self._cookie = Middleware(
            SessionMiddleware,
            secret_key=derived_key(secret, "outside sign-in").hex(),
            session_cookie="ohms_outside_sign_in",
            max_age=_SECONDS_FOR_A_SIGN_IN,
            path="/sign-in/with",
            same_site="lax",
            https_only=public_url.startswith("https:"),
        )
        for provider in providers:
            secret_value = provider.client_secret
            self._clients.register(
                provider.name,
                client_id=provider.client_id,
                client_secret=None if secret_value is None else secret_value.get_secret_value(),
                server_metadata_url=provider.discovery,
                client_kwargs={"scope": " ".join(provider.scopes), "code_challenge_method": "S256", "timeout": 5.0},
            )

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/sign-in/with/{name}", self._there, methods=["GET"], middleware=[self._cookie]),
            Route("/sign-in/with/{name}/callback", self._back, methods=["GET"], middleware=[self._cookie]),
        ]

    async def _there(self, request: Request) -> Response:
        provider = self._providers.get(request.path_params["name"])
        if provider is None:
            return message_page("Not found", "There is no such way to sign in.", status=404)
        request.session["query"] = request.url.query
        callback = f"{self._public_url}/sign-in/with/{provider.name}/callback"
        try:
            answer: Response = await self._clients.create_client(provider.name).authorize_redirect(request, callback)
        except (httpx2.HTTPError, OAuthError, ValueError, RuntimeError, KeyError):
            return _away(provider)
        return answer

    async def _back(self, request: Request) -> Response:
        provider = self._providers.get(request.path_params["name"])
        if provider is None:
            return message_page("Not found", "There is no such way to sign in.", status=404)
        context = await self._open_context(None, request.client.host if request.client else "")
        context.asked = Asked("oauth.signInOutside", is_change=True)
        try:
            await count_attempt([Limit("outside-sign-in", context.client_address, _PER_ADDRESS)], context.access.instant)
            claims = await self._claims(request, provider)
            if claims is None:
                return _failed(provider)
            return await self._enter(request, provider, claims, context)
        except (httpx2.HTTPError, RuntimeError):
            return _away(provider)
        except Rejected as rejection:
            return message_page("You cannot be signed in", " ".join(error.message for error in rejection.errors), status=403)
        finally:
            await settle(context)

    async def _claims(self, request: Request, provider: IdentityProvider) -> dict[str, Any] | None:
        """Of the ID token: its signature, issuer, audience, time and nonce are checked by Authlib. None for anything wrong."""
        expected = {"iss": {"essential": True, "values": [provider.issuer]}}
        client = self._clients.create_client(provider.name)
        try:
            metadata = await client.load_server_metadata()
            # Authlib takes what the provider lists, `none` included; an empty list means RS256 to it.
            listed = metadata.get(_ID_TOKEN_ALGORITHMS) or []
            metadata[_ID_TOKEN_ALGORITHMS] = [name for name in listed if name in ALGORITHMS]
            token = await client.authorize_access_token(request, claims_options=expected)
            claims = dict(token["userinfo"])
        except (OAuthError, JoseError, ValueError, KeyError, TypeError):
            return None
        audience = claims.get("aud")
        several = isinstance(audience, list) and len(audience) > 1
        ours = audience == provider.client_id or (isinstance(audience, list) and provider.client_id in audience)
        return claims if ours and claims.get("sub") and (not several or claims.get("azp") == provider.client_id) else None

    async def _enter(
        self, request: Request, provider: IdentityProvider, claims: dict[str, Any], context: RequestContext
    ) -> Response:
        account = await enter(context, vouched(provider, claims))
        await note_sign_in(context, account)
        query = request.session.pop("query", "")
        request.session.clear()
        response = RedirectResponse(f"/oauth/authorize?{query}" if query else "/graphql", 303)
        await self._sessions.begin(request, response, account.id, context.access.instant)
        return response


def _failed(provider: IdentityProvider) -> Response:
    message = f"{provider.label} did not sign you in, or it took too long. Go back to where you came from and try again."
    return message_page("You are not signed in", message)


def _away(provider: IdentityProvider) -> Response:
    return message_page("Not now", f"{provider.label} does not answer. Try again in a moment.", status=503)
