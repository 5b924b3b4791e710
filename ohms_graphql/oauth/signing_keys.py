"""Signing keys in the database: made, read and rotated."""

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
        """The ring; the first start makes the first key. Of processes that start at once, one makes it and all use it."""
        rows = await SigningKey.get_pymongo_collection().find({}).to_list()
        if not rows:
            await self._make(1)
            rows = await SigningKey.get_pymongo_collection().find({}).to_list()
        return ring_of(rows, self._sealer, instant)

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
        private = RSAKey.generate_key(_BITS).as_dict(private=True)
        try:
            await SigningKey(number=number, sealed_jwk=self._sealer.seal(json.dumps(private))).insert()
        except DuplicateKeyError:  # number_unique: another process made it
            return False
        return True
