"""Who came into a video visit, and when they left it."""

from datetime import datetime
from enum import StrEnum

from pymongo import ASCENDING, IndexModel

from models.base import StoredDocument
from models.confidentiality import Confidentiality


class VisitRole(StrEnum):
    """In which part somebody is in a visit."""

    PATIENT = "PATIENT"
    PROXY = "PROXY"
    PROVIDER = "PROVIDER"


class VisitEntry(StoredDocument):
    """One stay of one account in a visit. Kept for good: coming back is a new entry.

    While ``left_at`` is None they are there, at most until ``lease_until``: an open socket moves that on, and who is silent for
    longer has left then. ``followers`` are the subscriptions that hold the entry open; ``joins`` counts how often it was joined,
    so that the late end of a lost socket does not end what was joined again since. ``since`` is the visit's count of signals
    when they came: what is older is not theirs.

    ``provider_id`` and ``confidentiality`` are the visit's: copies, so that the row policy needs no second look-up.
    """

    appointment_id: str
    patient_id: str
    provider_id: str
    confidentiality: Confidentiality = Confidentiality.NORMAL
    account_id: str
    role: VisitRole
    joined_at: datetime
    left_at: datetime | None = None
    lease_until: datetime
    followers: list[str] = []
    joins: int = 1
    since: int

    class Settings(StoredDocument.Settings):
        name = "visit_entries"
        indexes = [
            IndexModel([("appointment_id", ASCENDING), ("_id", ASCENDING)], name="by_appointment"),
            IndexModel([("patient_id", ASCENDING)], name="by_patient"),
            # Nobody is in the same visit twice at a time.
            IndexModel(
                [("appointment_id", ASCENDING), ("account_id", ASCENDING)],
                unique=True,
                partialFilterExpression={"left_at": None},
                name="open_unique",
            ),
            IndexModel([("lease_until", ASCENDING)], partialFilterExpression={"left_at": None}, name="open_by_lease"),
        ]
