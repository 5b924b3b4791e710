"""Visit types: what can be booked."""

from enum import StrEnum

from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import StoredDocument
from models.confidentiality import Confidentiality
from models.money import Money
from models.value_object import ValueObject
from models.values import CodeableConcept


class VisitMode(StrEnum):
    IN_PERSON = "IN_PERSON"
    VIDEO = "VIDEO"
    PHONE = "PHONE"


class CancellationPolicy(ValueObject):
    """A patient who cancels less than ``notice_minutes`` before the start is late. A fee that is None is not asked for."""

    notice_minutes: int = Field(default=0, ge=0)
    late_fee: Money | None = None
    no_show_fee: Money | None = None


class VisitType(StoredDocument):
    """A kind of visit: how long it takes, how it is held, what it costs. Buffers count as busy time of the provider.

    ``confidentiality`` is what bookings of this type begin with. ``slot_interval_minutes`` is the step from one offered start to
    the next within opening hours, the duration where it is None. Notice and horizon are the provider's where they are None.
    Types that are not ``active`` cannot be booked any more.
    """

    name: str
    active: bool = True
    duration_minutes: int
    buffer_before_minutes: int = 0
    buffer_after_minutes: int = 0
    slot_interval_minutes: int | None = None
    minimum_notice_minutes: int | None = None
    booking_horizon_days: int | None = None
    cancellation_policy: CancellationPolicy = CancellationPolicy()
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
