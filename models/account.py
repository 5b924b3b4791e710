"""Accounts: who can sign in."""

from datetime import datetime
from enum import StrEnum

from pymongo import ASCENDING, IndexModel

from models.base import StoredDocument
from models.role import Role
from models.secret import SecretText
from models.value_object import ValueObject


class AccountStatus(StrEnum):
    INVITED = "INVITED"
    ACTIVE = "ACTIVE"
    LOCKED = "LOCKED"
    DEACTIVATED = "DEACTIVATED"


class AccountKind(StrEnum):
    PERSON = "PERSON"
    SERVICE = "SERVICE"


class AccountEmail(SecretText):
    place = "accounts.email"
    searchable = True


class IdentitySubject(SecretText):
    place = "accounts.identities.subject"
    searchable = True


class ExternalIdentity(ValueObject):
    """Who the account is at another identity provider: OpenID Connect's ``iss`` and ``sub``."""

    issuer: str
    subject: IdentitySubject


class EndedSession(ValueObject):
    """A session that was ended before its tokens expire. Kept until ``expires_at``, when the last of them has."""

    id: str
    expires_at: datetime


class SecondFactor(ValueObject):
    """A time-based one-time password (RFC 6238). ``secret`` is sealed; ``last_step`` was used last: no code is good twice.

    ``recovery_digests`` are SHA-256 of codes that are good once each. Not asked for until ``confirmed_at``.
    """

    secret: str
    confirmed_at: datetime | None = None
    last_step: int = 0
    recovery_digests: list[str] = []


class Account(StoredDocument):
    """Somebody, or some machine, that can sign in. ``email`` is kept in lower case and is unique.

    ``password_hash`` is argon2id in PHC string form; a SERVICE account has none and signs in as an OAuth client.

    Sessions are ULIDs, ordered by the time they began. A session is over when it is among ``ended_sessions``, or when its id
    sorts before ``sessions_from`` and is not ``kept_session_id``: so one read of the account tells all that a token is held to.
    ``broken_glass_until`` is when the last of its break-glass grants ends: before that, the grants are looked up.
    """

    email: AccountEmail
    kind: AccountKind = AccountKind.PERSON
    password_hash: str | None = None
    roles: list[Role]
    status: AccountStatus = AccountStatus.ACTIVE
    patient_id: str | None = None
    provider_id: str | None = None
    email_verified_at: datetime | None = None
    identities: list[ExternalIdentity] = []
    second_factor: SecondFactor | None = None
    last_signed_in_at: datetime | None = None
    sessions_from: str = ""
    kept_session_id: str | None = None
    ended_sessions: list[EndedSession] = []
    broken_glass_until: datetime | None = None

    def session_is_live(self, session_id: str) -> bool:
        """Whether tokens of this session are still good, as far as the account says."""
        begun_in_time = session_id >= self.sessions_from or session_id == self.kept_session_id
        return begun_in_time and all(ended.id != session_id for ended in self.ended_sessions)

    class Settings(StoredDocument.Settings):
        name = "accounts"
        indexes = [
            IndexModel([("email", ASCENDING)], unique=True, name="email_unique"),
            IndexModel([("created_at", ASCENDING), ("_id", ASCENDING)], name="by_creation"),
            IndexModel([("roles", ASCENDING), ("created_at", ASCENDING), ("_id", ASCENDING)], name="by_role"),
            IndexModel([("status", ASCENDING), ("created_at", ASCENDING), ("_id", ASCENDING)], name="by_status"),
            IndexModel(
                [("patient_id", ASCENDING)],
                unique=True,
                partialFilterExpression={"patient_id": {"$type": "string"}},
                name="patient_unique",
            ),
            IndexModel(
                [("provider_id", ASCENDING)],
                unique=True,
                partialFilterExpression={"provider_id": {"$type": "string"}},
                name="provider_unique",
            ),
            IndexModel(
                [("identities.issuer", ASCENDING), ("identities.subject", ASCENDING)],
                unique=True,
                partialFilterExpression={"identities.subject": {"$type": "binData"}},
                name="identity_unique",
            ),
        ]


def normalized_email(email: str) -> str:
    """The form that accounts are looked up by."""
    return email.strip().casefold()
