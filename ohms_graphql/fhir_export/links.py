"""Where a patient's own copy is downloaded. What stands in an address is sealed: nobody else can read it, or make one."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwe import JWERegistry
from joserfc.jwk import OctKey

from ohms_graphql.sealer import derived_key

BUNDLES = "/fhir/bundles"
LIFETIME = timedelta(minutes=5)
_HEADER = {"alg": "dir", "enc": "A256GCM"}
_SEALED = JWERegistry(algorithms=list(_HEADER.values()))


class BundleLink(NamedTuple):
    """Of whom, and as whom it is read."""

    patient_id: str
    account_id: str


class BundleLinks:
    """``public_url`` is where clients reach this deployment, without a slash at its end."""

    def __init__(self, public_url: str, secret: str, clock: Callable[[], datetime]) -> None:
        self.public_url = public_url
        self._key = OctKey.import_key(derived_key(secret, "FHIR bundle links"))
        self._clock = clock
        self._claims = jwt.JWTClaimsRegistry(
            now=lambda: int(clock().timestamp()),
            leeway=0,
            sub={"essential": True},
            aud={"essential": True},
            exp={"essential": True},
        )

    def address(self, patient_id: str, account_id: str) -> str:
        expires = int((self._clock() + LIFETIME).timestamp())
        claims = {"sub": account_id, "aud": patient_id, "exp": expires}
        return f"{self.public_url}{BUNDLES}/{jwt.encode(_HEADER, claims, self._key, registry=_SEALED)}"

    def read(self, token: str) -> BundleLink | None:
        """None for what this deployment did not make, and for what has expired."""
        try:
            claims = jwt.decode(token, self._key, registry=_SEALED).claims
            self._claims.validate(claims)
        except (JoseError, ValueError):
            return None
        return BundleLink(str(claims["aud"]), str(claims["sub"]))
