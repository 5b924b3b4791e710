"""Bearer tokens of a trusted issuer: its keys, our audience, in time; nothing else."""

import base64
import json
import time
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from models.account import Account, IdentitySubject
from models.identity import new_id
from ohms_graphql.settings import Settings, SettingsError, load_settings
from tests.ohms_graphql.identity_providers.conftest import AUDIENCE, Issuer
from tests.ohms_graphql.oauth.browser import roles_of


def _token(issuer: Issuer, key: Any = None, header: dict[str, Any] | None = None, **changes: Any) -> str:
    now = int(time.time())
    claims = {
        "iss": issuer.url,
        "aud": AUDIENCE,
        "sub": "pacs-1",
        "iat": now,
        "exp": now + 300,
        "realm": {"groups": ["desk"]},
        **changes,
    }
    head = {"alg": "RS256", "kid": "one", "typ": "at+jwt", **(header or {})}
    present = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(head, present, key or issuer.keys["one"], algorithms=[head["alg"]])


async def test_a_trusted_issuers_token_is_enough(http: httpx.AsyncClient, issuer: Issuer) -> None:
    assert await roles_of(http, _token(issuer)) == ["STAFF"]
    assert await roles_of(http, _token(issuer, header={"typ": "JWT"}, aud=["other", AUDIENCE])) == ["STAFF"]
    account = await Account.find_one({"identities.subject": IdentitySubject.lookup("pacs-1")})
    assert account is not None
    assert await Account.count() == 1
    assert issuer.asked == 2  # discovery and keys, once


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "https://other.example"},
        {"aud": None},
        {"sub": None},
        {"exp": None},
        {"exp": 1},
        {"iat": None},
        {"iss": "https://evil.example"},
        {"realm": {"groups": ["choir"]}},
        {"realm": "desk"},
        {"key": RSAKey.generate_key(2048)},
        {"header": {"kid": "unknown"}},
        {"header": {"typ": "dpop+jwt"}},
        {"header": {"alg": "HS256"}, "key": OctKey.import_key("x" * 40)},
    ],
    ids=lambda changes: str({name: value for name, value in changes.items() if name != "key"}),
)
async def test_anything_wrong_is_refused(http: httpx.AsyncClient, issuer: Issuer, changes: dict[str, Any]) -> None:
    assert await roles_of(http, _token(issuer, **changes)) is None
    assert await Account.count() == 0


async def test_groups_taken_away_by_the_issuer_are_gone_with_the_next_token(http: httpx.AsyncClient, issuer: Issuer) -> None:
    assert await roles_of(http, _token(issuer, realm={"groups": ["desk", "clinicians"]})) == ["PROVIDER", "STAFF"]
    assert await roles_of(http, _token(issuer)) == ["STAFF"]
    assert await roles_of(http, _token(issuer, realm={"groups": ["it"]})) is None  # nor more than the account has
    assert await roles_of(http, _token(issuer, realm={"groups": []})) is None
    assert await roles_of(http, _token(issuer, realm=None)) == ["PROVIDER", "STAFF"]  # says nothing of groups


async def test_a_token_that_is_nested_without_end_is_a_bad_token(http: httpx.AsyncClient, issuer: Issuer) -> None:
    head, deep = (base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (b'{"alg":"RS256"}', b"[" * 6000))
    assert await roles_of(http, f"{head}.{deep}.AAAA") is None


async def test_an_unsigned_token_is_refused(http: httpx.AsyncClient, issuer: Issuer) -> None:
    head = "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0"
    payload = _token(issuer).split(".")[1]
    for value in (f"{head}.{payload}.", f"{head}.{payload}.x"):
        assert await roles_of(http, value) is None


async def test_new_keys_are_fetched_and_old_ones_outlast_an_outage(http: httpx.AsyncClient, issuer: Issuer) -> None:
    assert await roles_of(http, _token(issuer)) == ["STAFF"]
    issuer.status = 500
    assert await roles_of(http, _token(issuer)) == ["STAFF"]
    asked = issuer.asked
    for _ in range(5):  # made-up keys do not make us knock again and again
        assert await roles_of(http, _token(issuer, header={"kid": "made-up"})) is None
    assert issuer.asked <= asked + 1


async def test_an_issuer_that_calls_itself_otherwise_is_not_believed(http: httpx.AsyncClient, issuer: Issuer) -> None:
    issuer.claimed_issuer = "https://another.example"
    assert await roles_of(http, _token(issuer)) is None


async def test_closing_the_account_or_ending_its_sessions_binds_at_once(http: httpx.AsyncClient, issuer: Issuer) -> None:
    token = _token(issuer, iat=int(time.time()) - 60)
    assert await roles_of(http, token) == ["STAFF"]
    await Account.find_all().update({"$set": {"sessions_from": new_id()}})
    assert await roles_of(http, token) is None
    await Account.find_all().update({"$set": {"sessions_from": "", "status": "DEACTIVATED"}})
    assert await roles_of(http, token) is None


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"issuer": "http://idp.example"}, "0.issuer"),
        ({"issuer": "https://idp.example/?x=1"}, "0.issuer"),
        ({"role_map": {"x": ["KING"]}}, "0.role_map"),
        ({"scopes": ["email"]}, "0.scopes"),
        ({"name": "A B"}, "0.name"),
        ({"secret": "x"}, "0.secret"),
    ],
)
def test_wrong_settings_are_named(change: dict[str, Any], named: str) -> None:
    entry = {"name": "idp", "label": "IdP", "issuer": "https://idp.example", "client_id": "ohms", "role_map": {}, **change}
    entry["client_secret"] = "not-to-be-shown"
    with pytest.raises(SettingsError, match="OHMS_IDENTITY_PROVIDERS") as wrong:
        load_settings({"OHMS_IDENTITY_PROVIDERS": json.dumps([entry])})
    assert named in str(wrong.value)
    assert "not-to-be-shown" not in str(wrong.value)


def test_two_providers_are_told_apart(outside_settings: Settings) -> None:
    entry = {"name": "idp", "label": "IdP", "issuer": "https://idp.example", "client_id": "ohms", "role_map": {}}
    with pytest.raises(SettingsError, match="same name"):
        load_settings({"OHMS_IDENTITY_PROVIDERS": json.dumps([entry, {**entry, "issuer": "https://b.example"}])})
    assert len(outside_settings.identity_providers) == 2
