"""ID tokens of a provider that lies: whatever is wrong with them, nobody is signed in and no account is made."""

import base64
import json
import time
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from models.account import Account, IdentitySubject
from tests.ohms_graphql.identity_providers.conftest import Issuer


async def _answered(
    http: httpx.AsyncClient, issuer: Issuer, key: Any = None, header: dict[str, Any] | None = None, **changes: Any
) -> httpx.Response:
    """What the browser gets that comes back from the provider, whose ID token is as usual but for the changes."""
    asked = httpx.URL((await http.get("/sign-in/with/machines")).headers["location"]).params
    now = int(time.time())
    usual = {"iss": issuer.url, "aud": "ohms", "sub": "s-1", "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
    claims = {**usual, "email": "s@x.example", "realm": {"groups": ["desk"]}, **changes}
    present = {name: value for name, value in claims.items() if value is not None}
    head = {"alg": "RS256", "kid": "one", **(header or {})}
    issuer.id_token = (
        _unsigned(head, present)
        if head["alg"] == "none"
        else jwt.encode(head, present, key or issuer.keys["one"], algorithms=[head["alg"]])
    )
    return await http.get("/sign-in/with/machines/callback", params={"code": "c", "state": asked["state"]})


def _unsigned(*parts: dict[str, Any]) -> str:
    return ".".join([*(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts), ""])


async def test_one_that_is_right_signs_in(http: httpx.AsyncClient, issuer: Issuer) -> None:
    assert (await _answered(http, issuer)).status_code == 303
    assert await Account.count() == 1


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"iss": "https://evil.example"},
        {"aud": "another-client"},
        {"aud": ["ohms", "another-client"]},
        {"aud": ["ohms", "another-client"], "azp": "another-client"},
        {"azp": "another-client"},
        {"exp": 1},
        {"exp": None},
        {"sub": None},
        {"key": RSAKey.generate_key(2048)},
        {"header": {"alg": "none"}},
        {"header": {"alg": "HS256"}, "key": OctKey.import_key("shared-secret-shared-secret-shared-secret")},
    ],
    ids=lambda changes: str({name: value for name, value in changes.items() if name != "key"}),
)
async def test_anything_wrong_is_refused(http: httpx.AsyncClient, issuer: Issuer, changes: dict[str, Any]) -> None:
    issuer.metadata = {"id_token_signing_alg_values_supported": ["none", "HS256", "RS256"]}
    page = await _answered(http, issuer, **changes)
    assert page.status_code == 400
    assert "did not sign you in" in page.text
    assert await Account.count() == 0


async def test_an_address_that_the_provider_only_claims_is_not_kept(http: httpx.AsyncClient, issuer: Issuer) -> None:
    """Or whoever owns it would, by resetting the password, move into an account that the stranger can still enter."""
    await _answered(http, issuer, email="victim@clinic.example", email_verified=True)
    account = await Account.find_one({"identities.subject": IdentitySubject.lookup("s-1")})
    assert account is not None
    assert account.email.endswith("@outside.invalid")
    assert account.email_verified_at is None
