"""Access tokens: signed JWTs (RFC 9068) that say who, and nothing about what they may do."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from ohms_graphql.authentication_error import InvalidToken
from resolvers.ports import AccessToken

ALGORITHM = "HS256"
TYPE = "at+jwt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """Whose token it is, and of which of their sessions."""

    account_id: str
    session_id: str


class AccessTokens:
    """Issues and reads the tokens of one issuer. Only our own algorithm, type, issuer and audience are accepted."""

    def __init__(self, secret: str, issuer: str, lifetime: timedelta, clock: Callable[[], datetime]) -> None:
        self._key = OctKey.import_key(secret)
        self._issuer = issuer
        self._lifetime = lifetime
        self._clock = clock
        self._claims = jwt.JWTClaimsRegistry(
            now=lambda: int(clock().timestamp()),
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": issuer},
            sub={"essential": True},
            sid={"essential": True},
            exp={"essential": True},
        )

    def issue(self, account_id: str, session_id: str) -> AccessToken:
        """A token for one session of the account, from now until its lifetime ends."""
        issued = int(self._clock().timestamp())
        expires = issued + int(self._lifetime.total_seconds())
        claims = {
            "iss": self._issuer,
            "aud": self._issuer,
            "sub": account_id,
            "sid": session_id,
            "iat": issued,
            "exp": expires,
            "jti": secrets.token_urlsafe(16),
        }
        value = jwt.encode({"alg": ALGORITHM, "typ": TYPE}, claims, self._key, algorithms=[ALGORITHM])
        return AccessToken(value=value, expires_at=datetime.fromtimestamp(expires, UTC))

    def read(self, value: str) -> Bearer:
        """Raises InvalidToken for a token that is not ours, was altered or has expired."""
        try:
            token = jwt.decode(value, self._key, algorithms=[ALGORITHM])
            self._claims.validate(token.claims)
        except (JoseError, ValueError, TypeError) as error:
            raise InvalidToken from error
        if token.header.get("typ") != TYPE:
            raise InvalidToken
        return Bearer(account_id=str(token.claims["sub"]), session_id=str(token.claims["sid"]))
