"""Registrations that wait for their e-mail address to be confirmed."""

from datetime import datetime

from pymongo import ASCENDING, IndexModel

from models.base import StoredDocument
from models.secret import SecretJson, SecretText


class RegistrationEmail(SecretText):
    place = "registrations.email"


class RegistrationProfile(SecretJson):
    place = "registrations.profile"


class Registration(StoredDocument):
    """What a person entered. Nothing of it is a patient until the token sent to ``email`` comes back.

    ``profile`` is the cleaned input; ``token_digest`` is the SHA-256 of the token. MongoDB removes it at ``expires_at``.
    """

    email: RegistrationEmail
    password_hash: str
    profile: RegistrationProfile
    token_digest: str
    expires_at: datetime

    class Settings(StoredDocument.Settings):
        name = "registrations"
        indexes = [
            IndexModel([("token_digest", ASCENDING)], unique=True, name="token_unique"),
            IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0, name="expiry"),
        ]
