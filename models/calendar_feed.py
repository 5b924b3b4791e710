"""Private addresses under which calendar programs read a provider's schedule."""

from datetime import datetime

from pymongo import ASCENDING, IndexModel

from models.base import StoredDocument


class CalendarFeed(StoredDocument):
    """``digest`` is the SHA-256 of the secret in the address, which nobody keeps. It reads as ``account_id``, who made it.

    ``slot`` counts a provider's feeds from 0 and is unique, so that there are never too many at once.
    """

    provider_id: str
    account_id: str
    digest: str
    slot: int
    last_read_at: datetime | None = None

    class Settings(StoredDocument.Settings):
        name = "calendar_feeds"
        indexes = [
            IndexModel([("digest", ASCENDING)], unique=True, name="digest_unique"),
            IndexModel([("provider_id", ASCENDING), ("slot", ASCENDING)], unique=True, name="slot_unique"),
        ]
