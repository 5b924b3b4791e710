"""Codes that are mailed, typed in, and good once."""

from datetime import datetime
from enum import StrEnum

from pymongo import ASCENDING, IndexModel

from models.base import StoredDocument


class CodePurpose(StrEnum):
    PASSWORD_RESET = "PASSWORD_RESET"  # noqa: S105 -- a name, no password
    EMAIL_VERIFICATION = "EMAIL_VERIFICATION"
    INVITATION = "INVITATION"


class OneTimeCode(StoredDocument):
    """``digest`` is the SHA-256 of the code. The id is made of purpose and account: a new code takes the place of the old one.

    ``account_id`` is None where a code was asked for an address that has no account: nobody has that code, and the same is
    written either way. MongoDB removes it at ``expires_at``.
    """

    purpose: CodePurpose
    account_id: str | None
    digest: str
    expires_at: datetime

    class Settings(StoredDocument.Settings):
        name = "one_time_codes"
        indexes = [
            IndexModel([("digest", ASCENDING)], unique=True, name="digest_unique"),
            IndexModel([("account_id", ASCENDING)], name="by_account"),
            IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0, name="expiry"),
        ]
