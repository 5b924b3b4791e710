"""Reminders of visits: when a patient wants them, and which were sent."""

from datetime import datetime
from enum import StrEnum

from pymongo import ASCENDING, IndexModel

from models.base import StoredDocument
from models.value_object import ValueObject


class ReminderChannel(StrEnum):
    EMAIL = "EMAIL"


USUAL_MINUTES = (1440, 120)
"""A day and two hours before the start, for whoever has not chosen."""


class ReminderPreferences(ValueObject):
    """``minutes_before`` the start of a visit, the longest first; empty for none.

    ``time_zone`` is the patient's own: where nights are quiet and in which times are told. None: each visit's.
    """

    minutes_before: list[int] = list(USUAL_MINUTES)
    channel: ReminderChannel = ReminderChannel.EMAIL
    time_zone: str | None = None


class ReminderOutcome(StrEnum):
    SENT = "SENT"
    NOBODY = "NOBODY"
    """Nobody who may be told has an address that is proved."""
    WITHDRAWN = "WITHDRAWN"
    """The visit was cancelled or moved in the meantime."""
    GIVEN_UP = "GIVEN_UP"
    """The mail server refused it, or did not answer before the visit."""


class Reminder(StoredDocument):
    """One reminder of one visit. Its id is ``appointment:start:minutes``, unique: a moved visit gets others.

    It is worked on by whoever holds ``claim``, until ``lease_until``; after that anybody may take it over. ``told`` are the
    accounts that have got it, ``refused`` those whose mail server does not want it. MongoDB removes it at ``expires_at``.
    """

    appointment_id: str
    patient_id: str
    start: datetime
    minutes_before: int
    claim: str
    lease_until: datetime
    attempts: int = 0
    told: list[str] = []
    refused: list[str] = []
    outcome: ReminderOutcome | None = None
    finished_at: datetime | None = None
    expires_at: datetime

    class Settings(StoredDocument.Settings):
        name = "reminders"
        indexes = [
            IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0, name="expiry"),
            IndexModel([("patient_id", ASCENDING)], name="by_patient"),
        ]
