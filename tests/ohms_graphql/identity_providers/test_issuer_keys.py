"""Fetching an issuer's keys: new ones are found, and an issuer that misbehaves costs little."""

import asyncio
import json
import time
from collections.abc import Callable, Coroutine
from typing import Any

import httpx2
import pytest
from joserfc.jwk import KeySet, RSAKey

from ohms_graphql.identity_providers import issuer_keys
from ohms_graphql.identity_providers.issuer_keys import IssuerKeys
from ohms_graphql.identity_providers.provider import IdentityProvider

_PROVIDER = IdentityProvider(name="idp", label="IdP", issuer="https://idp.example", client_id="ohms", role_map={})
_ONE, _TWO = (RSAKey.generate_key(2048, {"kid": kid}) for kid in ("one", "two"))
Answer = Callable[[httpx2.Request], Coroutine[Any, Any, httpx2.Response]]


class _Idp:
    def __init__(self) -> None:
        self.keys = [_ONE]
        self.jwks_uri = "https://idp.example/jwks"
        self.asked: list[str] = []

    async def answer(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(str(request.url))
        if request.url.path.endswith("/openid-configuration"):
            return httpx2.Response(200, json={"issuer": _PROVIDER.issuer, "jwks_uri": self.jwks_uri})
        return httpx2.Response(200, content=json.dumps(KeySet(list(self.keys)).as_dict(private=False)))


def _kids(found: KeySet) -> set[str | None]:
    return {key.kid for key in found.keys}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds to add to the clock that the keys go by."""
    ahead = [0.0]
    real = time.monotonic
    monkeypatch.setattr(issuer_keys, "monotonic", lambda: real() + ahead[0])
    return ahead


async def test_a_new_key_is_fetched_at_most_once_in_thirty_seconds(clock: list[float]) -> None:
    idp = _Idp()
    keys = IssuerKeys(_PROVIDER, httpx2.MockTransport(idp.answer))
    assert _kids(await keys.keys("one")) == {"one"}
    idp.keys = [_ONE, _TWO]
    assert _kids(await keys.keys("two")) == {"one"}
    clock[0] = 31.0
    found = await asyncio.gather(*(keys.keys("two") for _ in range(20)))
    assert all(_kids(each) == {"one", "two"} for each in found)
    assert len(idp.asked) == 4  # discovery and keys, twice


async def test_known_keys_outlast_their_hour_while_the_issuer_is_down(clock: list[float]) -> None:
    idp = _Idp()
    down = [False]

    async def answer(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(503) if down[0] else await idp.answer(request)

    keys = IssuerKeys(_PROVIDER, httpx2.MockTransport(answer))
    await keys.keys("one")
    down[0], clock[0] = True, 4000.0
    assert _kids(await keys.keys("one")) == {"one"}
    down[0], clock[0], idp.keys = False, 8000.0, [_TWO]
    assert _kids(await keys.keys("one")) == {"two"}  # what the issuer has withdrawn is gone


async def _redirected(request: httpx2.Request) -> httpx2.Response:
    return httpx2.Response(302, headers={"location": "https://evil.example/"})


async def _huge(request: httpx2.Request) -> httpx2.Response:
    return httpx2.Response(200, content=b" " * (300 * 1024) + b"{}")


async def _deep(request: httpx2.Request) -> httpx2.Response:
    return httpx2.Response(200, content=b"[" * 100_000)


async def _no_json(request: httpx2.Request) -> httpx2.Response:
    return httpx2.Response(200, content=b"\xff<html>")


async def _never(request: httpx2.Request) -> httpx2.Response:
    await asyncio.sleep(3600)
    raise AssertionError


@pytest.mark.parametrize("answer", [_redirected, _huge, _deep, _no_json, _never])
async def test_an_issuer_that_misbehaves_gives_no_keys(answer: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(issuer_keys, "_PATIENCE", 0.05)
    async with asyncio.timeout(5):
        assert _kids(await IssuerKeys(_PROVIDER, httpx2.MockTransport(answer)).keys("one")) == set()


@pytest.mark.parametrize("address", ["http://idp.example/jwks", "https://idp.example:port/jwks", "https://[/jwks", ""])
async def test_keys_come_from_a_proper_address_or_not_at_all(address: str) -> None:
    idp = _Idp()
    idp.jwks_uri = address
    assert _kids(await IssuerKeys(_PROVIDER, httpx2.MockTransport(idp.answer)).keys("one")) == set()
    assert len(idp.asked) == 1
