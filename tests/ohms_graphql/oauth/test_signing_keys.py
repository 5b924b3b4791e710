"""Signing keys: one first key however many start at once, rotation that keeps old tokens good, private halves sealed."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from joserfc import jwt
from joserfc.errors import JoseError

from models.base import now
from models.signing_key import SigningKey
from ohms_graphql.database import open_database
from ohms_graphql.oauth.signing_keys import SigningKeys
from ohms_graphql.sealer import JweSealer
from ohms_graphql.settings import Settings, load_settings

SECRET = "a secret of more than thirty-two bytes"
HOUR = timedelta(hours=1)


@pytest.fixture
def settings(mongodb_url: str, database_name: str) -> Settings:
    """Of a database that has no key yet."""
    return load_settings({"OHMS_MONGODB_URL": mongodb_url, "OHMS_DATABASE": database_name})


@pytest.fixture
async def keys(settings: Settings) -> AsyncIterator[SigningKeys]:
    async with open_database(settings.mongodb_url or "", settings.database):
        yield SigningKeys(JweSealer(SECRET), HOUR)


async def test_processes_that_start_at_once_use_one_first_key(keys: SigningKeys) -> None:
    rings = await asyncio.gather(*(keys.open(now()) for _ in range(4)))
    assert len({ring.signing[0] for ring in rings}) == 1
    assert await SigningKey.count() == 1


async def test_rotation_signs_with_a_new_key_and_old_tokens_stay_good_until_they_expire(keys: SigningKeys) -> None:
    instant = now()
    kid, key = (await keys.open(instant)).signing
    token = jwt.encode({"alg": "RS256", "kid": kid}, {"sub": "a"}, key)
    assert await keys.rotate(instant)
    ring = await keys.open(instant + HOUR)
    assert ring.signing[0] != kid
    assert jwt.decode(token, ring.keys[kid], algorithms=["RS256"]).claims == {"sub": "a"}
    with pytest.raises(JoseError):
        jwt.decode(token, ring.signing[1], algorithms=["RS256"])
    assert kid not in (await keys.open(instant + 3 * HOUR)).keys


async def test_rotations_at_once_leave_one_key_that_signs(keys: SigningKeys) -> None:
    """One that was slower either loses to the unique number or follows on the other's key: never two with one number."""
    await keys.open(now())
    made = await asyncio.gather(*(keys.rotate(now()) for _ in range(3)))
    stored = await SigningKey.find_all().sort("number").to_list()
    assert True in made
    assert [key.number for key in stored] == list(range(1, made.count(True) + 2))
    assert [key.published_until is None for key in stored] == [False] * made.count(True) + [True]


async def test_private_halves_are_neither_published_nor_stored_in_the_clear(keys: SigningKeys) -> None:
    ring = await keys.open(now())
    private = ring.signing[1].as_dict(private=True)["d"]
    assert set(ring.jwks()["keys"][0]) == {"kty", "n", "e", "kid", "use", "alg"}
    rows = await SigningKey.get_pymongo_collection().find({}).to_list()
    assert str(private) not in json.dumps(rows, default=str)


async def test_another_secret_reads_none_of_them_and_makes_its_own(keys: SigningKeys) -> None:
    before = await keys.open(now())
    after = await SigningKeys(JweSealer("another secret of more than thirty-two bytes"), HOUR).open(now())
    assert after.keys.keys().isdisjoint(before.keys)
    assert len(after.keys) == 1
    assert (await keys.open(now())).keys.keys() == before.keys.keys()
