"""Where an account has been signed in to before."""

from datetime import datetime

from pymongo import ASCENDING, IndexModel

from models.base import StoredDocument


class KnownDevice(StoredDocument):
    """A network address or device that an account's owner has signed in with. The id is a digest of both: neither is stored.

    MongoDB removes it at ``expires_at``, which moves on with every sign-in.
    """

    expires_at: datetime

    class Settings(StoredDocument.Settings):
        name = "known_devices"
        indexes = [IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0, name="expiry")]
