"""Bearer tokens of trusted issuers, accepted directly: verified by the issuer's keys, for our audience, in time."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx2
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jws import extract_compact
from ulid import ULID

from models.account import Account, AccountStatus
from ohms_graphql.authentication_error import InvalidToken
from ohms_graphql.identity_providers.issuer_keys import IssuerKeys
from ohms_graphql.identity_providers.provider import IdentityProvider
from resolvers.context import RequestContext
from resolvers.outside_identities import Vouched, enter, find_outside
from resolvers.principal import Principal, principal_of
from resolvers.user_errors import Rejected

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Public keys only: never `none`, never a shared secret."""

_TYPES = {"at+jwt", "application/at+jwt", "JWT", None}
_LEEWAY = 30


class OutsideTokens:
    """Of the providers that have an audience."""

    def __init__(self, providers: Sequence[IdentityProvider], transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self._providers = {provider.issuer: provider for provider in providers if provider.audience is not None}
        self._keys = {issuer: IssuerKeys(provider, transport) for issuer, provider in self._providers.items()}

    def issuer_of(self, token: str) -> str | None:
        """The trusted issuer that a token says it is from: it only chooses whose keys it must then pass."""
        try:
            claimed = json.loads(extract_compact(token.encode()).payload) if self._providers else {}
            issuer = claimed.get("iss")
        except (JoseError, ValueError, AttributeError, RecursionError):
            return None
        return issuer if isinstance(issuer, str) and issuer in self._providers else None

    async def principal(self, token: str, issuer: str, context: RequestContext) -> Principal:
        """The caller; their account is made at first sight where the issuer gives them a role. Raises InvalidToken.

        A token that names groups gives no role of the issuer's that they do not give: what was taken away there is gone here
        with the next token. It gives none that the account has not either: those come with signing in.
        """
        claims = await self._claims(token, issuer)
        provider = self._providers[issuer]
        subject = str(claims["sub"])
        account = await find_outside(issuer, subject)
        if account is None:
            try:
                account = await enter(context, vouched(provider, claims))
            except Rejected as rejection:
                raise InvalidToken from rejection
        if account.status is not AccountStatus.ACTIVE or not _begun_in_time(account, claims["iat"]):
            raise InvalidToken
        withdrawn = provider.managed_roles - provider.roles_of(claims) if provider.names_groups(claims) else frozenset()
        principal = principal_of(account)
        roles = principal.roles - withdrawn
        if not roles:
            raise InvalidToken
        return replace(principal, roles=roles)

    async def _claims(self, token: str, issuer: str) -> dict[str, Any]:
        provider = self._providers[issuer]
        registry = jwt.JWTClaimsRegistry(
            leeway=_LEEWAY,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": provider.audience or ""},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        )
        try:
            header = extract_compact(token.encode()).headers()
            if header.get("typ") not in _TYPES:
                raise InvalidToken
            kid = header.get("kid")
            keys = await self._keys[issuer].keys(kid if isinstance(kid, str) else None)
            claims: dict[str, Any] = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
            registry.validate(claims)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise InvalidToken from error
        return claims


def vouched(provider: IdentityProvider, claims: dict[str, Any]) -> Vouched:
    email = claims.get("email")
    return Vouched(
        issuer=provider.issuer,
        subject=str(claims["sub"]),
        roles=provider.roles_of(claims),
        managed=provider.managed_roles,
        email=email if isinstance(email, str) else None,
        email_trusted=provider.trust_email and claims.get("email_verified") is True,
    )


def _begun_in_time(account: Account, issued_at: float) -> bool:
    """Ending all sessions ends outside tokens too: those that were issued before."""
    if not account.sessions_from:
        return True
    return datetime.fromtimestamp(issued_at, UTC) >= ULID.from_str(account.sessions_from).datetime
