"""Clients as Authlib's core asks about them."""

import hmac
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlsplit

from authlib.oauth2.rfc6749 import ClientMixin

from models.oauth_client import OAuthClient
from ohms_graphql.oauth.scopes import SCOPES

_FIRST_PARTY = {
    "graphiql": ("GraphiQL", "/graphql"),
    "schedule-example": ("The schedule example", "/examples/schedule"),
}
"""Name and page, by id."""

FIRST_PARTY_IDS = frozenset(_FIRST_PARTY)


def digest(secret: str) -> str:
    """What is stored of a secret that has 256 random bits: no salt, no stretching needed."""
    return sha256(secret.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Client(ClientMixin):
    """``first_party`` is a part of OHMS itself: nobody is asked whether they agree."""

    id: str
    name: str
    redirect_uris: tuple[str, ...]
    grant_types: frozenset[str]
    scopes: frozenset[str]
    secret_digest: str | None = None
    account_id: str | None = None
    first_party: bool = False

    @property
    def client_id(self) -> str:
        return self.id

    def get_client_id(self) -> str:
        return self.id

    def get_default_redirect_uri(self) -> str | None:
        return None  # a request always names one

    def get_allowed_scope(self, scope: str | None) -> str:
        return " ".join(name for name in (scope or "").split() if name in self.scopes)

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Exactly one that is registered; on loopback the port may differ (RFC 8252, 7.3)."""
        return any(_same_address(redirect_uri, known) for known in self.redirect_uris)

    def check_client_secret(self, client_secret: str) -> bool:
        return self.secret_digest is not None and hmac.compare_digest(self.secret_digest, digest(client_secret))

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:  # noqa: ARG002
        return (method == "none") is (self.secret_digest is None)

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code" and "authorization_code" in self.grant_types

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in self.grant_types


def _same_address(given: str, known: str) -> bool:
    if given == known:
        return True
    ours = urlsplit(known)
    if ours.scheme != "http" or ours.hostname not in {"127.0.0.1", "::1"} or ours.port is not None:
        return False
    try:
        theirs = urlsplit(given)
        port = theirs.port
    except ValueError:  # a port that is none
        return False
    return theirs._replace(netloc=theirs.netloc.removesuffix(f":{port}")) == ours


def first_party_client(client_id: str, public_url: str) -> Client | None:
    """Pages that OHMS serves itself: public clients, known without being registered. None for any other id."""
    page = _FIRST_PARTY.get(client_id)
    if page is None:
        return None
    name, path = page
    return Client(
        id=client_id,
        name=name,
        redirect_uris=(f"{public_url}{path}",),
        grant_types=frozenset({"authorization_code", "refresh_token"}),
        scopes=frozenset(SCOPES),
        first_party=True,
    )


def shown_client(stored: OAuthClient) -> Client:
    return Client(
        id=stored.id,
        name=stored.name,
        redirect_uris=tuple(stored.redirect_uris),
        grant_types=frozenset(stored.grant_types),
        scopes=frozenset(stored.scopes),
        secret_digest=stored.secret_digest,
        account_id=stored.account_id,
    )
