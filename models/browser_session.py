"""Browsers in which somebody is signed in."""

from datetime import datetime

from pymongo import ASCENDING, IndexModel

from models.base import StoredDocument


class BrowserSession(StoredDocument):
    """A sign-in in a browser. Its id is the session id (``sid``) of every token that is granted in it.

    ``digest`` is the SHA-256 of the cookie, which is kept nowhere. MongoDB removes the session at ``expires_at``.
    """

    digest: str
    account_id: str
    authenticated_at: datetime
    expires_at: datetime

    class Settings(StoredDocument.Settings):
        name = "browser_sessions"
        indexes = [
            IndexModel([("digest", ASCENDING)], unique=True, name="digest_unique"),
            IndexModel([("account_id", ASCENDING)], name="by_account"),
            IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0, name="expiry"),
        ]
