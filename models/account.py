"""Accounts: who can sign in."""

from datetime import datetime
from enum import StrEnum

from pymongo import ASCENDING, IndexModel

from models.base import StoredDocument
from models.role import Role


class AccountStatus(StrEnum):
    INVITED = "INVITED"
    ACTIVE = "ACTIVE"
    LOCKED = "LOCKED"
    DEACTIVATED = "DEACTIVATED"


class Account(StoredDocument):
    """A sign-in. ``email`` is kept in lower case and is unique. ``password_hash`` is argon2id in PHC string form."""

    email: str
    password_hash: str | None = None
    roles: list[Role]
    status: AccountStatus = AccountStatus.ACTIVE
    patient_id: str | None = None
    provider_id: str | None = None
    last_signed_in_at: datetime | None = None

    class Settings(StoredDocument.Settings):
        name = "accounts"
        indexes = [
            IndexModel([("email", ASCENDING)], unique=True, name="email_unique"),
            IndexModel([("email", ASCENDING), ("_id", ASCENDING)], name="by_email"),
            IndexModel([("created_at", ASCENDING), ("_id", ASCENDING)], name="by_creation"),
            IndexModel([("roles", ASCENDING), ("email", ASCENDING)], name="by_role"),
            IndexModel([("status", ASCENDING), ("email", ASCENDING)], name="by_status"),
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
        ]


def normalized_email(email: str) -> str:
    """The form that accounts are looked up by."""
    return email.strip().casefold()
