"""Answers already given, so that a repeated request gets the same one."""

from datetime import datetime
from typing import Any

from pymongo import ASCENDING, IndexModel

from models.base import StoredDocument


class IdempotencyRecord(StoredDocument):
    """The answer to one key of one caller and mutation. Its id is their digest: unique, so that two racers give one answer."""

    input_digest: str
    answer: dict[str, Any]
    expires_at: datetime

    class Settings(StoredDocument.Settings):
        name = "idempotency_records"
        indexes = [IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0, name="expiry")]
