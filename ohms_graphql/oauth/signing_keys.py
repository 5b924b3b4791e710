"""Signing keys in the database: made, read and rotated."""

import asyncio
import json
from datetime import datetime, timedelta

from joserfc.jwk import RSAKey
from pymongo.errors import DuplicateKeyError

from models.signing_key import SigningKey
from ohms_graphql.oauth.key_ring import KeyRing, ring_of
from ohms_graphql.sealer import JweSealer

_BITS = 2048


class SigningKeys:
    """``token_lifetime`` is that of the longest-lived token that is verified by these keys."""

    def __init__(self, sealer: JweSealer, token_lifetime: timedelta) -> None:
        self._sealer = sealer
        self._lifetime = token_lifetime

    async def open(self, instant: datetime) -> KeyRing:
        """The ring; the first start makes the first key, and so does the first with another OHMS_SECRET_KEY.

        Of processes that start at once, one makes it and all use it.
        """
        ring, newest = await self._read(instant)
        if not ring.keys:
            await self._make(newest + 1)
            ring, _ = await self._read(instant)
        return ring

    async def _read(self, instant: datetime) -> tuple[KeyRing, int]:
        rows = await SigningKey.get_pymongo_collection().find({}).to_list()
        return ring_of(rows, self._sealer, instant), max((row["number"] for row in rows), default=0)

    async def rotate(self, instant: datetime) -> bool:
        """A new key signs; the ones before stay published until their last token has expired. False when another was quicker.

        The end of the old keys leaves a whole further lifetime for processes that have not noticed the new key yet.
        """
        newest = await SigningKey.find_all().sort("-number").first_or_none()
        if not await self._make(newest.number + 1 if newest else 1):
            return False
        if newest is not None:
            await SigningKey.get_pymongo_collection().update_many(
                {"number": {"$lte": newest.number}, "published_until": None},
                {"$set": {"published_until": instant + 2 * self._lifetime}},
            )
        return True

    async def _make(self, number: int) -> bool:
        key = await asyncio.to_thread(RSAKey.generate_key, _BITS)
        private = key.as_dict(private=True)
        try:
            await SigningKey(number=number, sealed_jwk=self._sealer.seal(json.dumps(private))).insert()
        except DuplicateKeyError:  # number_unique: another process made it
            return False
        return True
