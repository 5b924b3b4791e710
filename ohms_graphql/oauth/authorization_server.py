"""The OAuth 2.1 server on Authlib's core (framework-neutral, synchronous: its methods run in a worker thread)."""

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

from authlib.oauth2.rfc6749 import AuthorizationServer
from joserfc import jwt

from models.identity import new_id
from models.oauth_client import OAuthClient
from ohms_graphql.access_tokens import ALGORITHM, AccessTokens
from ohms_graphql.oauth.clients import Client, first_party_client, shown_client
from ohms_graphql.oauth.core_request import CoreRequest
from ohms_graphql.oauth.grant_store import GrantStore
from ohms_graphql.oauth.grants import CodeGrant, MachineGrant, RefreshGrant
from ohms_graphql.oauth.loop_bridge import LoopBridge
from ohms_graphql.oauth.pkce import S256Only
from ohms_graphql.oauth.scopes import SCOPES
from ohms_graphql.oauth.subject import Subject
from ohms_graphql.oauth.token_endpoints import Introspection, Revocation

Answer = tuple[int, Any, list[tuple[str, str]]]
"""Status, body (a dictionary for JSON, or text) and headers."""


class CoreServer(AuthorizationServer):
    """Made on the event loop, once the database is open."""

    def __init__(self, tokens: AccessTokens, store: GrantStore, clock: Callable[[], datetime]) -> None:
        super().__init__(scopes_supported=list(SCOPES))
        self.tokens = tokens
        self.store = store
        self.clock = clock
        self.bridge = LoopBridge()
        self.register_grant(CodeGrant, [S256Only()])
        self.register_grant(RefreshGrant)
        self.register_grant(MachineGrant)
        self.register_endpoint(Revocation)
        self.register_endpoint(Introspection)
        self.register_token_generator("default", self._token)

    async def find_client(self, client_id: str) -> Client | None:
        if (ours := first_party_client(client_id, self.tokens.issuer)) is not None:
            return ours
        stored = await OAuthClient.get(client_id)
        return None if stored is None else shown_client(stored)

    def new_session_id(self) -> str:
        return new_id()

    # -- what Authlib's core asks for; in the worker thread -------------------------------------------------------------

    def query_client(self, client_id: str) -> Client | None:
        return self.bridge.wait(self.find_client(client_id))

    def create_oauth2_request(self, request: CoreRequest) -> CoreRequest:
        return request

    def handle_response(self, status: int, body: Any, headers: list[tuple[str, str]]) -> Answer:
        return status, body, headers

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""

    def _token(
        self,
        grant_type: str,  # noqa: ARG002
        client: Client,
        user: Subject,
        scope: str,
        expires_in: int | None = None,  # noqa: ARG002
        include_refresh_token: bool = True,
    ) -> dict[str, Any]:
        issued = self.tokens.issue(user.account.id, user.session_id, client.id, scope)
        token: dict[str, Any] = {
            "token_type": "Bearer",
            "access_token": issued.value,
            "expires_in": int(self.tokens.lifetime.total_seconds()),
            "scope": scope,
        }
        if include_refresh_token:
            token["refresh_token"] = secrets.token_urlsafe(32)
        return token

    def save_token(self, token: dict[str, Any], request: CoreRequest) -> None:
        """Keeps the refresh token's digest, and adds the ID token (OpenID Connect Core, 3.1.3.3)."""
        subject: Subject = request.user
        if "refresh_token" in token:
            self.bridge.wait(self.store.keep_refresh_token(token["refresh_token"], subject.session_id))
        if "openid" in token["scope"].split() and request.client.account_id is None:
            token["id_token"] = self._id_token(subject, request.client, token["scope"])

    def _id_token(self, subject: Subject, client: Client, scope: str) -> str:
        issued = int(self.clock().timestamp())
        claims: dict[str, Any] = {
            "iss": self.tokens.issuer,
            "sub": subject.account.id,
            "aud": client.id,
            "iat": issued,
            "exp": issued + int(self.tokens.lifetime.total_seconds()),
            "auth_time": int(subject.authenticated_at.timestamp()),
            "sid": subject.session_id,
            **claims_of(subject, scope),
        }
        if subject.nonce is not None:
            claims["nonce"] = subject.nonce
        kid, key = self.tokens.ring.signing
        return jwt.encode({"alg": ALGORITHM, "typ": "JWT", "kid": kid}, claims, key, algorithms=[ALGORITHM])


def claims_of(subject: Subject, scope: str) -> dict[str, Any]:
    """What the scopes let a client know of a person (OpenID Connect Core, 5.4)."""
    scopes, account = scope.split(), subject.account
    claims: dict[str, Any] = {}
    if "email" in scopes:
        claims |= {"email": account.email, "email_verified": account.email_verified_at is not None}
    if "profile" in scopes:
        claims["roles"] = sorted(role.value for role in account.roles)
    return claims
