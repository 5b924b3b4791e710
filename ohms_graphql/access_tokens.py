"""Access tokens: signed JWTs (RFC 9068) that say who, and nothing about what they may do."""

import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jws import extract_compact

from ohms_graphql.authentication_error import InvalidToken
from ohms_graphql.oauth.key_ring import KeyRing
from resolvers.ports import AccessToken

ALGORITHM = "RS256"
TYPE = "at+jwt"
API_SCOPE = "ohms"
"""What a token must be good for to reach the graph."""

OWN_CLIENT = "ohms"
"""The client of tokens that the graph gives out itself (`signIn`)."""

_MOST_VERIFIED = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """Whose token it is, and of which of their sessions."""

    account_id: str
    session_id: str
    client_id: str = OWN_CLIENT
    scope: str = API_SCOPE
    issued_at: datetime
    expires_at: datetime


class UnknownKey(InvalidToken):
    """Signed with a key that is not in the ring: made up, or newer than what this process has read."""


class AccessTokens:
    """Issues and reads the tokens of one issuer. Only our own keys, algorithm, type, issuer and audience are accepted."""

    def __init__(self, issuer: str, lifetime: timedelta, clock: Callable[[], datetime], ring: KeyRing | None = None) -> None:
        self.issuer = issuer
        self.lifetime = lifetime
        self._clock = clock
        self._ring = ring or KeyRing({})
        self._verified: OrderedDict[str, Bearer] = OrderedDict()
        self._claims = jwt.JWTClaimsRegistry(
            now=lambda: int(clock().timestamp()),
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": issuer},
            sub={"essential": True},
            sid={"essential": True},
            exp={"essential": True},
        )

    @property
    def ring(self) -> KeyRing:
        return self._ring

    def adopt(self, ring: KeyRing) -> None:
        """From now on these keys sign and verify: what the former ones verified is looked at again."""
        self._ring = ring
        self._verified.clear()

    def issue(self, account_id: str, session_id: str, client_id: str = OWN_CLIENT, scope: str = API_SCOPE) -> AccessToken:
        """A token for one session of the account, from now until its lifetime ends."""
        issued = int(self._clock().timestamp())
        expires = issued + int(self.lifetime.total_seconds())
        claims = {
            "iss": self.issuer,
            "aud": self.issuer,
            "sub": account_id,
            "sid": session_id,
            "client_id": client_id,
            "scope": scope,
            "iat": issued,
            "exp": expires,
            "jti": secrets.token_urlsafe(16),
        }
        kid, key = self._ring.signing
        value = jwt.encode({"alg": ALGORITHM, "typ": TYPE, "kid": kid}, claims, key, algorithms=[ALGORITHM])
        return AccessToken(value=value, expires_at=datetime.fromtimestamp(expires, UTC))

    def read(self, value: str) -> Bearer:
        """Raises InvalidToken for a token that is not ours, was altered or has expired; UnknownKey where a newer ring may do.

        A signature is checked once: a token that has passed is known by its whole text until it expires.
        """
        bearer = self._verified.get(value)
        if bearer is not None:
            if self._clock() < bearer.expires_at:
                return bearer
            del self._verified[value]
        bearer = self._verify(value)
        self._verified[value] = bearer
        if len(self._verified) > _MOST_VERIFIED:
            self._verified.popitem(last=False)
        return bearer

    def _verify(self, value: str) -> Bearer:
        try:
            header = extract_compact(value.encode()).headers()
            key = self._ring.keys.get(str(header.get("kid")))
            if header.get("alg") != ALGORITHM or header.get("typ") != TYPE:
                raise InvalidToken
            if key is None:
                raise UnknownKey
            claims = jwt.decode(value, key, algorithms=[ALGORITHM]).claims
            self._claims.validate(claims)
            return Bearer(
                account_id=str(claims["sub"]),
                session_id=str(claims["sid"]),
                client_id=str(claims.get("client_id", OWN_CLIENT)),
                scope=str(claims.get("scope", "")),
                issued_at=datetime.fromtimestamp(claims["iat"], UTC),
                expires_at=datetime.fromtimestamp(claims["exp"], UTC),
            )
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise InvalidToken from error
