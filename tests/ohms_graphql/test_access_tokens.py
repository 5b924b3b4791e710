"""Tokens: ours, unaltered, in time; nothing else."""

from datetime import UTC, datetime, timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from ohms_graphql.access_tokens import AccessTokens, Bearer
from ohms_graphql.authentication_error import InvalidToken

SECRET = "a secret of more than thirty-two bytes"
ISSUER = "https://clinic.example"


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
    return AccessTokens(SECRET, ISSUER, timedelta(minutes=60), clock)


def _forged(clock: Clock, *, key: str = SECRET, algorithm: str = "HS256", header: str = "at+jwt", **changes: object) -> str:
    now = int(clock().timestamp())
    claims = {"iss": ISSUER, "aud": ISSUER, "sub": "a", "sid": "s", "iat": now, "exp": now + 60, **changes}
    present = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode({"alg": algorithm, "typ": header}, present, OctKey.import_key(key), algorithms=[algorithm])


def test_a_token_says_whose_it_is_until_it_expires(tokens: AccessTokens, clock: Clock) -> None:
    issued = tokens.issue("account", "session")
    assert issued.expires_at == clock() + timedelta(minutes=60)
    assert tokens.read(issued.value) == Bearer(account_id="account", session_id="session")
    clock.instant += timedelta(minutes=61)
    with pytest.raises(InvalidToken):
        tokens.read(issued.value)


def test_a_token_says_nothing_of_roles(tokens: AccessTokens) -> None:
    claims = jwt.decode(tokens.issue("account", "session").value, OctKey.import_key(SECRET)).claims
    assert set(claims) == {"iss", "aud", "sub", "sid", "iat", "exp", "jti"}


def test_the_forger_used_here_makes_tokens_that_pass_when_nothing_is_changed(tokens: AccessTokens, clock: Clock) -> None:
    assert tokens.read(_forged(clock)).account_id == "a"


@pytest.mark.parametrize(
    "changes",
    [
        {"key": "another secret of more than thirty-two bytes"},
        {"iss": "https://evil.example"},
        {"aud": "https://evil.example"},
        {"iss": None},
        {"aud": None},
        {"sub": None},
        {"exp": None},
        {"exp": 1},
        {"header": "JWT"},
        {"algorithm": "HS512"},
    ],
    ids=str,
)
def test_anything_changed_is_refused(tokens: AccessTokens, clock: Clock, changes: dict[str, str]) -> None:
    with pytest.raises(InvalidToken):
        tokens.read(_forged(clock, **changes))


@pytest.mark.parametrize("value", ["", "x", "a.b.c", "e30.e30.", "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.eyJzdWIiOiJhIn0."])
def test_what_is_no_token_or_unsigned_is_refused(tokens: AccessTokens, value: str) -> None:
    with pytest.raises(InvalidToken):
        tokens.read(value)
