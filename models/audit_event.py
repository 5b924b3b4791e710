"""The audit trail: who looked at or changed what of whom, when, what for, and with what outcome."""

from datetime import datetime
from enum import StrEnum

from pymongo import ASCENDING, IndexModel

from models.base import StoredDocument
from models.purpose_of_use import PurposeOfUse
from models.role import Role


class AuditOutcome(StrEnum):
    """FHIR's AuditEvent.outcome, in the words that people use."""

    SUCCESS = "SUCCESS"
    DENIED = "DENIED"
    FAILURE = "FAILURE"


class AuditEvent(StoredDocument):
    """One operation and one patient. Written once and never updated; references only, never names or free text.

    The id says where it stands: the chain (a ULID) and the position in it, ten digits. ``hash`` is an HMAC over all else, with
    the ``previous`` entry's hash in it. ``subjects`` are ``Type:id``. ``patient_id`` is None for refusals, counts and accounts.
    ``unlisted`` counts refusals of strangers that were too many to be listed since the entry before of the same ``client``,
    which is a pseudonym of an address.
    """

    at: datetime
    actor_id: str | None = None
    provider_id: str | None = None
    service: bool = False
    roles: list[Role] = []
    action: str
    outcome: AuditOutcome
    purpose: PurposeOfUse
    patient_id: str | None = None
    subjects: list[str] = []
    fields: list[str] = []
    request_id: str | None = None
    grant_id: str | None = None
    client: str | None = None
    unlisted: int = 0
    previous: str
    hash: str

    class Settings(StoredDocument.Settings):
        name = "audit_events"
        # Few, for each costs every read of a patient: other filters walk `by_time`, within `from` and `to`.
        indexes = [
            IndexModel([("at", ASCENDING), ("_id", ASCENDING)], name="by_time"),
            IndexModel([("patient_id", ASCENDING), ("at", ASCENDING), ("_id", ASCENDING)], name="by_patient"),
            IndexModel([("actor_id", ASCENDING), ("at", ASCENDING), ("_id", ASCENDING)], name="by_actor"),
        ]


CHAIN_LENGTH = 26
"""Characters of a chain's id, at the front of its entries' ids."""


def entry_id(chain: str, position: int) -> str:
    """Sorts as the positions do."""
    return f"{chain}{position:010d}"
