"""The key ring for tests and benchmarks, which issue a token without an event loop."""

from datetime import timedelta

from pymongo import MongoClient

from models.base import now
from models.signing_key import SigningKey
from ohms_graphql.access_tokens import AccessTokens
from ohms_graphql.errors import OhmsError
from ohms_graphql.oauth.key_ring import ring_of
from ohms_graphql.sealer import JweSealer
from ohms_graphql.settings import Settings


def tokens_with_stored_keys(settings: Settings) -> AccessTokens:
    """Raises OhmsError where no server has made a key with this OHMS_SECRET_KEY yet."""
    client: MongoClient[dict[str, object]] = MongoClient(settings.mongodb_url, tz_aware=True)
    with client:
        rows = list(client[settings.database][SigningKey.Settings.name].find())
    ring = ring_of(rows, JweSealer(settings.secret_key.get_secret_value()), now())
    if not ring.keys:
        raise OhmsError("There is no signing key for this OHMS_SECRET_KEY yet: `ohms serve` makes the first one.")
    return AccessTokens(settings.public_url, timedelta(minutes=settings.access_token_minutes), now, ring)
