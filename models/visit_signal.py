"""What those in a video visit tell each other to set up their connection, and what the visit tells them."""

from datetime import datetime
from enum import StrEnum

from pymongo import ASCENDING, IndexModel

from models.base import StoredDocument
from models.confidentiality import Confidentiality
from models.secret import SecretText


class VisitSignalKind(StrEnum):
    """The first four are sent by those in the visit (WebRTC's signalling); the others are told when somebody comes or goes."""

    OFFER = "OFFER"
    ANSWER = "ANSWER"
    CANDIDATE = "CANDIDATE"
    BYE = "BYE"
    JOINED = "JOINED"
    LEFT = "LEFT"


class VisitCount(StoredDocument):
    """How many signals a visit has had. Its id is the appointment's.

    Raised in the transaction of each signal, so that those of one visit exclude each other and become visible in their order.
    """

    sequence: int = 0

    class Settings(StoredDocument.Settings):
        name = "visit_counts"


class SignalPayload(SecretText):
    """SDP and candidates: they hold the addresses of people's machines."""

    place = "visit_signals.payload"


class VisitSignal(StoredDocument):
    """From one account in a visit to another one, or to all others when ``to_account_id`` is None.

    ``payload`` is the callers' own (a session description, a candidate): it holds network addresses, so it is gone after minutes.
    """

    appointment_id: str
    patient_id: str
    provider_id: str
    confidentiality: Confidentiality = Confidentiality.NORMAL
    sequence: int
    kind: VisitSignalKind
    from_account_id: str
    to_account_id: str | None = None
    payload: SignalPayload | None = None
    at: datetime
    expires_at: datetime

    class Settings(StoredDocument.Settings):
        name = "visit_signals"
        indexes = [
            IndexModel([("appointment_id", ASCENDING), ("sequence", ASCENDING)], unique=True, name="sequence_unique"),
            IndexModel([("patient_id", ASCENDING)], name="by_patient"),
            IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0, name="expiry"),
        ]
