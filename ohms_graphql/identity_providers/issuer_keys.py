"""The public keys of an issuer, found through discovery, kept, and fetched again when a token names one that is not known."""

import asyncio
import json
import logging
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import httpx2
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from ohms_graphql.identity_providers.provider import IdentityProvider

_log = logging.getLogger(__name__)

_TIMEOUT = httpx2.Timeout(5.0)
_PATIENCE = 10.0
"""Seconds for all of a fetch: the time-outs of the client start anew with each byte."""

_LARGEST = 256 * 1024
_NOT_MORE_OFTEN_THAN = 30.0
"""Seconds: tokens with made-up keys must not make us knock at the issuer's door each time."""

_GOOD_FOR = 3600.0


class IssuerKeys:
    """Of one issuer. While it is down, the keys that are known go on being good."""

    def __init__(self, provider: IdentityProvider, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self._provider = provider
        self._transport = transport
        self._keys = KeySet([])
        self._tried_at = -_GOOD_FOR
        self._fetched_at = -_GOOD_FOR
        self._fetching = asyncio.Lock()

    async def keys(self, kid: str | None) -> KeySet:
        """The keys that are known, with the newest where ``kid`` is not among them."""
        if self._is_fresh(kid):
            return self._keys
        async with self._fetching:
            instant = monotonic()
            if not self._is_fresh(kid) and instant - self._tried_at >= _NOT_MORE_OFTEN_THAN:
                self._tried_at = instant
                try:
                    async with asyncio.timeout(_PATIENCE):
                        self._keys = await self._fetch()
                    self._fetched_at = instant
                except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError, ValueError, RecursionError, JoseError) as error:
                    _log.warning("the keys of %s could not be read (%s)", self._provider.name, type(error).__name__)
        return self._keys

    def _is_fresh(self, kid: str | None) -> bool:
        known = {key.kid for key in self._keys.keys}
        return monotonic() - self._fetched_at < _GOOD_FOR and (kid in known if kid else bool(known))

    async def _fetch(self) -> KeySet:
        async with httpx2.AsyncClient(timeout=_TIMEOUT, follow_redirects=False, transport=self._transport) as client:
            metadata = await _json(client, self._provider.discovery)
            if metadata.get("issuer") != self._provider.issuer:
                raise ValueError("the issuer calls itself otherwise")
            address = str(metadata.get("jwks_uri", ""))
            if urlsplit(address).scheme != "https" and not self._provider.issuer.startswith("http:"):
                raise ValueError("the keys are not to be had over https")
            return KeySet.import_key_set(await _json(client, address))  # type: ignore[arg-type]  # checked by joserfc


async def _json(client: httpx2.AsyncClient, address: str) -> dict[str, Any]:
    async with client.stream("GET", address) as response:
        if response.status_code != 200:
            raise ValueError(f"status {response.status_code}")
        body = b""
        async for part in response.aiter_bytes():
            body += part
            if len(body) > _LARGEST:
                raise ValueError("too large")
    found = json.loads(body)
    if not isinstance(found, dict):
        raise ValueError("no object")  # noqa: TRY004  # of the other side's making, as all of these
    return found
