"""Keeps the keys of a process up to date: at its start, every minute, and when a token names a key that it does not know."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from pymongo.errors import PyMongoError

from ohms_graphql.access_tokens import AccessTokens
from ohms_graphql.oauth.signing_keys import SigningKeys

_log = logging.getLogger(__name__)
_EVERY_SECONDS = 60.0
_NOT_MORE_OFTEN_THAN = 2.0


class KeyWatch:
    def __init__(self, keys: SigningKeys, tokens: AccessTokens, clock: Callable[[], datetime]) -> None:
        self._keys = keys
        self._tokens = tokens
        self._clock = clock
        self._asked_at = -_NOT_MORE_OFTEN_THAN

    async def open(self) -> None:
        """Reads the keys; the first start of all makes the first one."""
        self._tokens.adopt(await self._keys.open(self._clock()))

    async def read_again(self) -> None:
        """For a token with an unknown key. Made-up ones cost one read in two seconds, not one each; the first always counts,
        however short ago the keys were read: a new one may have been made since.
        """
        now = asyncio.get_running_loop().time()
        if now - self._asked_at >= _NOT_MORE_OFTEN_THAN:
            self._asked_at = now
            await self.open()

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            await asyncio.sleep(_EVERY_SECONDS)
            try:
                await self.open()
            except PyMongoError as error:
                _log.warning("the signing keys could not be read (%s); the known ones stay", type(error).__name__)
