"""Tokens: ours, unaltered, in time; nothing else."""

import base64
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from ohms_graphql.access_tokens import AccessTokens, Bearer, UnknownKey
from ohms_graphql.authentication_error import InvalidToken
from ohms_graphql.oauth.key_ring import KeyRing
from tests.signing_key import private_jwk

ISSUER = "https://clinic.example"
KEY = RSAKey.import_key(json.loads(private_jwk()))


class Clock:
    def __init__(self) -> None:
        self.instant = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.instant


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tokens(clock: Clock) -> AccessTokens:
    return AccessTokens(ISSUER, timedelta(minutes=60), clock, KeyRing({"ours": KEY}))


def _forged(clock: Clock, key: Any = KEY, header: dict[str, str] | None = None, **changes: object) -> str:
    now = int(clock().timestamp())
    claims = {"iss": ISSUER, "aud": ISSUER, "sub": "a", "sid": "s", "scope": "ohms", "iat": now, "exp": now + 60, **changes}
    present = {name: value for name, value in claims.items() if value is not None}
    head = {"alg": "RS256", "typ": "at+jwt", "kid": "ours", **(header or {})}
    return jwt.encode(head, present, key, algorithms=[head["alg"]])


def test_a_token_says_whose_it_is_until_it_expires(tokens: AccessTokens, clock: Clock) -> None:
    issued = tokens.issue("account", "session")
    assert issued.expires_at == clock() + timedelta(minutes=60)
    read = tokens.read(issued.value)
    assert read == Bearer(account_id="account", session_id="session", issued_at=clock(), expires_at=issued.expires_at)
    clock.instant += timedelta(minutes=61)
    with pytest.raises(InvalidToken):
        tokens.read(issued.value)


def test_a_token_says_nothing_of_roles(tokens: AccessTokens) -> None:
    claims = jwt.decode(tokens.issue("account", "session").value, KEY, algorithms=["RS256"]).claims
    assert set(claims) == {"iss", "aud", "sub", "sid", "client_id", "scope", "iat", "exp", "jti"}


def test_the_forger_used_here_makes_tokens_that_pass_when_nothing_is_changed(tokens: AccessTokens, clock: Clock) -> None:
    assert tokens.read(_forged(clock)).account_id == "a"


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"},
        {"aud": "https://evil.example"},
        {"aud": "graphiql"},
        {"iss": None},
        {"aud": None},
        {"sub": None},
        {"sid": None},
        {"exp": None},
        {"exp": 1},
        {"header": {"typ": "JWT"}},
        {"header": {"alg": "RS512"}},
        {"header": {"kid": "another"}},
        {"key": RSAKey.generate_key(2048)},
    ],
    ids=",".join,
)
def test_anything_changed_is_refused(tokens: AccessTokens, clock: Clock, changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidToken):
        tokens.read(_forged(clock, **changes))


def _signed_with_the_public_key(clock: Clock) -> str:
    """By hand: joserfc itself refuses a public key as a secret."""
    pem = KEY.public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    head = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"at+jwt","kid":"ours"}').rstrip(b"=").decode()
    signed = f"{head}.{_forged(clock).split('.')[1]}"
    signature = hmac.digest(pem, signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


CONFUSED: dict[str, Callable[[Clock], str]] = {
    "HS256 with the public key": _signed_with_the_public_key,
    "HS256 with the published JWK": lambda clock: _forged(
        clock, OctKey.import_key(json.dumps(KEY.as_dict(private=False))), {"alg": "HS256"}
    ),
    "ES256 with a key in the header": lambda clock: _forged(clock, ECKey.generate_key("P-256"), {"alg": "ES256"}),
}


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
@pytest.mark.parametrize("attack", CONFUSED)
def test_no_other_algorithm_is_taken_with_our_keys(tokens: AccessTokens, clock: Clock, attack: str) -> None:
    with pytest.raises(InvalidToken):
        tokens.read(CONFUSED[attack](clock))


def test_an_unsigned_token_is_refused(tokens: AccessTokens, clock: Clock) -> None:
    signed = _forged(clock)
    none = "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0Iiwia2lkIjoib3VycyJ9"  # alg none, at+jwt, our kid
    payload = signed.split(".")[1]
    for value in (f"{none}.{payload}.", f"{none}.{payload}.{signed.split('.')[2]}", f"{none}.{payload}"):
        with pytest.raises(InvalidToken):
            tokens.read(value)


@pytest.mark.parametrize("value", ["", "x", "a.b.c", "e30.e30.", "....", "\x00", "é.é.é"])
def test_what_is_no_token_is_refused(tokens: AccessTokens, value: str) -> None:
    with pytest.raises(InvalidToken):
        tokens.read(value)


def test_another_key_of_the_ring_verifies_and_an_unknown_one_is_told_apart(tokens: AccessTokens, clock: Clock) -> None:
    newer = RSAKey.generate_key(2048)
    with pytest.raises(UnknownKey):
        tokens.read(_forged(clock, newer, {"kid": "newer"}))
    before = tokens.issue("account", "session").value
    tokens.adopt(KeyRing({"ours": KEY, "newer": newer}))
    assert tokens.read(before).account_id == "account"
    assert tokens.read(_forged(clock, newer, {"kid": "newer"})).account_id == "a"
    with pytest.raises(InvalidToken):
        tokens.read(_forged(clock, newer, {"kid": "ours"}))


def test_a_signature_is_checked_once(tokens: AccessTokens, monkeypatch: pytest.MonkeyPatch) -> None:
    value = tokens.issue("a", "s").value
    first = tokens.read(value)

    def checked_again(*_given: Any, **_more: Any) -> None:
        raise AssertionError

    monkeypatch.setattr(jwt, "decode", checked_again)
    assert tokens.read(value) == first
    with pytest.raises(AssertionError):
        tokens.read(tokens.issue("a", "s").value)


def test_a_token_that_was_read_expires_all_the_same(tokens: AccessTokens, clock: Clock) -> None:
    value = tokens.issue("a", "s").value
    tokens.read(value)
    clock.instant += timedelta(minutes=60, seconds=1)
    with pytest.raises(InvalidToken):
        tokens.read(value)


def test_a_token_that_was_read_falls_with_its_key(tokens: AccessTokens) -> None:
    value = tokens.issue("a", "s").value
    tokens.read(value)
    tokens.adopt(KeyRing({"other": RSAKey.generate_key(2048)}))
    with pytest.raises(UnknownKey):
        tokens.read(value)
