"""That an entry of the record has reached its patient: written with the change that did it, numbered by patient."""

from datetime import datetime

from pymongo import ASCENDING, IndexModel

from models.base import StoredDocument


class RecordRelease(StoredDocument):
    """``sequence`` counts the releases of one patient, without gaps. Nobody is shown this row: only the entry, if it
    is theirs to see.

    A record that is held after it was released, and released again, has two.
    """

    patient_id: str
    record_id: str
    sequence: int
    at: datetime

    class Settings(StoredDocument.Settings):
        name = "record_releases"
        indexes = [IndexModel([("patient_id", ASCENDING), ("sequence", ASCENDING)], unique=True, name="sequence_unique")]


class ReleaseFeed(StoredDocument):
    """How many releases a patient has had, and up to which of them (``mailed``) those who may see them were told by mail.

    Its id is the patient's. Raised in the transaction of each release, so that those of one patient exclude each other. From
    ``mail_due_at`` on, any process may tell of what is new: the one whose ``claim`` is there does, until ``lease_until``.
    """

    sequence: int = 0
    mailed: int = 0
    mail_due_at: datetime | None = None
    claim: str | None = None
    lease_until: datetime | None = None

    class Settings(StoredDocument.Settings):
        name = "release_feeds"
        indexes = [IndexModel([("mail_due_at", ASCENDING)], sparse=True, name="by_mail_due")]
