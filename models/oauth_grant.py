"""What people granted to clients: codes, grants and refresh tokens. Of secrets only digests (SHA-256) are stored."""

from datetime import datetime

from pymongo import ASCENDING, IndexModel

from models.base import StoredDocument


class AuthorizationCode(StoredDocument):
    """A code on its way to a client. The id is its digest. ``used_at`` is set by one conditional update: a code is good once.

    ``grant_id`` is the id that the grant will have, so that a code that comes twice can end what it gave the first time.
    """

    grant_id: str
    client_id: str
    account_id: str
    redirect_uri: str
    scope: str
    nonce: str | None = None
    code_challenge: str
    browser_session_id: str
    authenticated_at: datetime
    expires_at: datetime
    used_at: datetime | None = None

    class Settings(StoredDocument.Settings):
        name = "authorization_codes"
        # Kept for a day after its end, to know a code that comes again.
        indexes = [IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=86_400, name="expiry")]


class OAuthGrant(StoredDocument):
    """What one exchange of a code gave: a session of the account. The id is the ``sid`` of all its tokens."""

    client_id: str
    account_id: str
    scope: str
    browser_session_id: str
    authenticated_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None

    class Settings(StoredDocument.Settings):
        name = "oauth_grants"
        indexes = [
            IndexModel([("browser_session_id", ASCENDING)], name="by_browser_session"),
            IndexModel([("account_id", ASCENDING)], name="by_account"),
            IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0, name="expiry"),
        ]


class RefreshToken(StoredDocument):
    """One refresh token of a grant. The id is its digest. Each is used once; a used one that comes again ends the grant."""

    grant_id: str
    client_id: str
    expires_at: datetime
    used_at: datetime | None = None

    class Settings(StoredDocument.Settings):
        name = "refresh_tokens"
        indexes = [
            IndexModel([("grant_id", ASCENDING)], name="by_grant"),
            IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0, name="expiry"),
        ]


class Consent(StoredDocument):
    """That a person agreed to a client's scopes. The id is ``account:client``."""

    account_id: str
    client_id: str
    scopes: list[str]

    class Settings(StoredDocument.Settings):
        name = "consents"
        indexes = [
            IndexModel([("account_id", ASCENDING)], name="by_account"),
            IndexModel([("client_id", ASCENDING)], name="by_client"),
        ]
