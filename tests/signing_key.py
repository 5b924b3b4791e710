"""A signing key for test databases: made once a process, since making one takes a tenth of a second."""

import functools
import json

from joserfc.jwk import RSAKey
from pymongo import MongoClient

from models.base import now
from models.signing_key import SigningKey
from ohms_graphql.sealer import JweSealer
from ohms_graphql.settings import Settings


@functools.cache
def private_jwk() -> str:
    return json.dumps(RSAKey.generate_key(2048).as_dict(private=True))


def plant_signing_key(settings: Settings) -> None:
    """Stores the key as the first start of a server would."""
    sealed = JweSealer(settings.secret_key.get_secret_value()).seal(private_jwk())
    row = {"_id": "test-key", "number": 1, "sealed_jwk": sealed, "published_until": None, "revision": 1}
    client: MongoClient[dict[str, object]] = MongoClient(settings.mongodb_url)
    with client:
        instant = now()
        client[settings.database][SigningKey.Settings.name].insert_one({**row, "created_at": instant, "updated_at": instant})
