"""Revocation (RFC 7009) and introspection (RFC 7662)."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7662 import IntrospectionEndpoint

from models.account import Account
from models.oauth_grant import OAuthGrant
from ohms_graphql.authentication_error import InvalidToken
from ohms_graphql.oauth.clients import Client
from ohms_graphql.oauth.core_request import CoreRequest
from ohms_graphql.oauth.subject import subject_of

if TYPE_CHECKING:
    from ohms_graphql.oauth.authorization_server import CoreServer


@dataclass(frozen=True, slots=True)
class KnownToken:
    """An access or refresh token of ours: of which session, for which client. ``account`` is None when it is not good."""

    kind: str
    session_id: str
    account_id: str
    client_id: str
    scope: str
    expires_at: datetime
    issued_at: datetime
    account: Account | None

    def check_client(self, client: Client) -> bool:
        return self.client_id == client.id

    def is_expired(self) -> bool:
        return False  # those are not found

    def is_revoked(self) -> bool:
        return self.account is None


class Revocation(RevocationEndpoint):
    CLIENT_AUTH_METHODS = ["none", "client_secret_basic", "client_secret_post"]  # noqa: RUF012  # Authlib's own name
    server: "CoreServer"

    def query_token(self, token_string: str, token_type_hint: str | None) -> KnownToken | None:  # noqa: ARG002  # a hint only
        return self.server.bridge.wait(known_token(self.server, token_string))

    def revoke_token(self, token: KnownToken, request: CoreRequest) -> None:  # noqa: ARG002
        """Ends the whole session: its access tokens, and its refresh tokens."""
        store, clock = self.server.store, self.server.clock
        self.server.bridge.wait(store.revoke(token.session_id, token.account_id, clock()))


class Introspection(IntrospectionEndpoint):
    CLIENT_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]  # noqa: RUF012  # Authlib's own name
    server: "CoreServer"

    def check_permission(self, token: KnownToken, client: Client, request: CoreRequest) -> bool:  # noqa: ARG002
        """Confidential clients ask about tokens of the API, or of their own: they are resource servers that OHMS knows."""
        return client.secret_digest is not None

    def query_token(self, token_string: str, token_type_hint: str | None) -> KnownToken | None:  # noqa: ARG002  # a hint only
        return self.server.bridge.wait(known_token(self.server, token_string))

    def introspect_token(self, token: KnownToken) -> dict[str, Any]:
        return {
            "active": True,
            "client_id": token.client_id,
            "token_type": token.kind,
            "scope": token.scope,
            "sub": token.account_id,
            "sid": token.session_id,
            "iss": self.server.tokens.issuer,
            "aud": self.server.tokens.issuer,
            "iat": int(token.issued_at.timestamp()),
            "exp": int(token.expires_at.timestamp()),
        }


async def known_token(server: "CoreServer", value: str) -> KnownToken | None:
    """None for what is not ours or has expired."""
    try:
        bearer = server.tokens.read(value)
    except InvalidToken:
        grant = await server.store.grant_of_refresh_token(value)
        return None if grant is None or grant.expires_at <= server.clock() else await _of_refresh_token(grant)
    subject = await subject_of(bearer.account_id, bearer.session_id, bearer.issued_at)
    return KnownToken(
        kind="Bearer",
        session_id=bearer.session_id,
        account_id=bearer.account_id,
        client_id=bearer.client_id,
        scope=bearer.scope,
        expires_at=bearer.expires_at,
        issued_at=bearer.issued_at,
        account=subject.account if subject else None,
    )


async def _of_refresh_token(grant: OAuthGrant) -> KnownToken:
    subject = await subject_of(grant.account_id, grant.id, grant.authenticated_at)
    alive = subject is not None and grant.revoked_at is None
    return KnownToken(
        kind="refresh_token",
        session_id=grant.id,
        account_id=grant.account_id,
        client_id=grant.client_id,
        scope=grant.scope,
        expires_at=grant.expires_at,
        issued_at=grant.created_at,
        account=subject.account if subject is not None and alive else None,
    )
