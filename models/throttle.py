"""Counters that slow down guessing, shared by all processes."""

from datetime import datetime

from pymongo import ASCENDING, IndexModel

from models.base import StoredDocument


class Throttle(StoredDocument):
    """Attempts under one key (the id) within a window that ends at ``expires_at``."""

    attempts: int
    expires_at: datetime

    class Settings(StoredDocument.Settings):
        name = "throttles"
        indexes = [IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0, name="expiry")]
