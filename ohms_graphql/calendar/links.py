"""The addresses that OHMS gives out. What stands in the link of a visit is sealed: nobody else can read it, or make one."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwe import JWERegistry
from joserfc.jwk import OctKey

from ohms_graphql.sealed_links import BUNDLES, INVOICES, SealedLinks
from ohms_graphql.sealer import derived_key

APPOINTMENTS = "/calendar/appointments"
FEEDS = "/calendar/feeds"
LIFETIME = timedelta(hours=1)
_HEADER = {"alg": "dir", "enc": "A256GCM"}
_SEALED = JWERegistry(algorithms=list(_HEADER.values()))


class CalendarLink(NamedTuple):
    """Which visit, and as whom it is read."""

    appointment_id: str
    account_id: str


class PublicLinks:
    """A ``resolvers.ports.Links``. ``public_url`` is where clients reach this deployment, without a slash at its end."""

    def __init__(self, public_url: str, secret: str, clock: Callable[[], datetime]) -> None:
        self._public_url = public_url
        self._key = OctKey.import_key(derived_key(secret, "calendar links"))
        self._clock = clock
        self.bundles = SealedLinks(public_url, BUNDLES, secret, clock)
        self.invoices = SealedLinks(public_url, INVOICES, secret, clock)
        self._claims = jwt.JWTClaimsRegistry(
            now=lambda: int(clock().timestamp()),
            leeway=0,
            sub={"essential": True},
            aud={"essential": True},
            exp={"essential": True},
        )

    def portal(self) -> str:
        return self._public_url

    def calendar(self, appointment_id: str, account_id: str) -> str:
        expires = int((self._clock() + LIFETIME).timestamp())
        token = jwt.encode(_HEADER, {"sub": account_id, "aud": appointment_id, "exp": expires}, self._key, registry=_SEALED)
        return f"{self._public_url}{APPOINTMENTS}/{token}.ics"

    def calendar_feed(self, secret: str) -> str:
        return f"{self._public_url}{FEEDS}/{secret}.ics"

    def fhir_bundle(self, patient_id: str, account_id: str) -> str:
        return self.bundles.address(patient_id, account_id)

    def invoice_pdf(self, invoice_id: str, account_id: str) -> str:
        return self.invoices.address(invoice_id, account_id)

    def read(self, token: str) -> CalendarLink | None:
        """None for what this deployment did not make, and for what has expired."""
        try:
            claims = jwt.decode(token, self._key, registry=_SEALED).claims
            self._claims.validate(claims)
        except (JoseError, ValueError):
            return None
        return CalendarLink(str(claims["aud"]), str(claims["sub"]))
