"""Keys that sign tokens."""

from datetime import datetime

from pymongo import ASCENDING, IndexModel

from models.base import StoredDocument


class SigningKey(StoredDocument):
    """An RS256 key pair; the id is its ``kid``. ``sealed_jwk`` is the private JWK, sealed with a key of this deployment.

    ``number`` counts the keys and is unique: of two processes that make the next key at once, one wins. The highest signs. The
    others are published until ``published_until``, when the last token they signed has expired; None for the one that signs.
    """

    number: int
    sealed_jwk: str
    published_until: datetime | None = None

    class Settings(StoredDocument.Settings):
        name = "signing_keys"
        indexes = [IndexModel([("number", ASCENDING)], unique=True, name="number_unique")]
