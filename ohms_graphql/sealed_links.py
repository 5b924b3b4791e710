"""Addresses under which something is downloaded. What stands in one is sealed: nobody else can read it, or make one."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwe import JWERegistry
from joserfc.jwk import OctKey

from ohms_graphql.sealer import derived_key

BUNDLES = "/fhir/bundles"
INVOICES = "/invoices"
LIFETIME = timedelta(minutes=5)
_HEADER = {"alg": "dir", "enc": "A256GCM"}
_SEALED = JWERegistry(algorithms=list(_HEADER.values()))


class SealedLink(NamedTuple):
    """What it leads to, and as whom it is read."""

    document_id: str
    account_id: str


class SealedLinks:
    """``public_url`` is where clients reach this deployment, without a slash at its end; ``path`` what the addresses begin with.

    Links of one path are no good under another.
    """

    def __init__(self, public_url: str, path: str, secret: str, clock: Callable[[], datetime]) -> None:
        self.public_url = public_url
        self.path = path
        self._key = OctKey.import_key(derived_key(secret, f"links to {path}"))
        self._clock = clock
        self._claims = jwt.JWTClaimsRegistry(
            now=lambda: int(clock().timestamp()),
            leeway=0,
            sub={"essential": True},
            aud={"essential": True},
            exp={"essential": True},
        )

    def address(self, document_id: str, account_id: str) -> str:
        expires = int((self._clock() + LIFETIME).timestamp())
        claims = {"sub": account_id, "aud": document_id, "exp": expires}
        return f"{self.public_url}{self.path}/{jwt.encode(_HEADER, claims, self._key, registry=_SEALED)}"

    def read(self, token: str) -> SealedLink | None:
        """None for what this deployment did not make, and for what has expired."""
        try:
            claims = jwt.decode(token, self._key, registry=_SEALED).claims
            self._claims.validate(claims)
        except (JoseError, ValueError):
            return None
        return SealedLink(str(claims["aud"]), str(claims["sub"]))
