"""What the card processor told us."""

from datetime import datetime
from enum import StrEnum

from pymongo import ASCENDING, IndexModel

from models.base import StoredDocument
from models.secret import SecretJson


class EventContent(SecretJson):
    place = "processor_events.content"


class EventState(StrEnum):
    RECEIVED = "RECEIVED"
    DONE = "DONE"
    SET_ASIDE = "SET_ASIDE"


class ProcessorEvent(StoredDocument):
    """One webhook event; the id is the processor's, so that it is stored once.

    ``due_at`` is when a process may work on it: later after a failure, and for as long as another process holds it. ``problem``
    is the class of the last failure, never its text.
    """

    kind: str
    happened_at: datetime
    content: EventContent
    state: EventState = EventState.RECEIVED
    attempts: int = 0
    due_at: datetime | None
    problem: str | None = None
    done_at: datetime | None = None

    class Settings(StoredDocument.Settings):
        name = "processor_events"
        indexes = [
            IndexModel([("state", ASCENDING), ("due_at", ASCENDING), ("_id", ASCENDING)], name="by_state"),
            IndexModel([("created_at", ASCENDING), ("_id", ASCENDING)], name="by_creation"),
        ]
