"""Visit types: what can be booked."""

from enum import StrEnum

from pymongo import ASCENDING, IndexModel

from models.base import StoredDocument
from models.confidentiality import Confidentiality
from models.money import Money
from models.values import CodeableConcept


class VisitMode(StrEnum):
    IN_PERSON = "IN_PERSON"
    VIDEO = "VIDEO"
    PHONE = "PHONE"


class VisitType(StoredDocument):
    """A kind of visit: how long it takes, how it is held, what it costs. Buffers count as busy time of the provider.

    ``confidentiality`` is what bookings of this type begin with.
    """

    name: str
    duration_minutes: int
    buffer_before_minutes: int = 0
    buffer_after_minutes: int = 0
    modes: list[VisitMode]
    price: Money
    code: CodeableConcept | None = None
    confidentiality: Confidentiality = Confidentiality.NORMAL

    class Settings(StoredDocument.Settings):
        name = "visit_types"
        indexes = [
            IndexModel([("name", ASCENDING), ("_id", ASCENDING)], name="by_name"),
            IndexModel([("modes", ASCENDING)], name="by_mode"),
        ]
