"""Programs that people let act for them, and machines that act for themselves."""

from pymongo import ASCENDING, IndexModel

from models.base import StoredDocument


class OAuthClient(StoredDocument):
    """A client of the OAuth server (RFC 6749, 2). The id is its ``client_id``.

    ``secret_digest`` is SHA-256 of the secret, which has 256 random bits; a public client has none. ``grant_types`` and
    ``scopes`` are what it may ask for. A client with ``account_id`` acts for itself, as that SERVICE account
    (``client_credentials``).
    """

    name: str
    redirect_uris: list[str] = []
    secret_digest: str | None = None
    grant_types: list[str]
    scopes: list[str]
    account_id: str | None = None

    class Settings(StoredDocument.Settings):
        name = "oauth_clients"
        indexes = [IndexModel([("account_id", ASCENDING)], name="by_account")]
