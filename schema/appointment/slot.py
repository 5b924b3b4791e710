"""Slots that can be booked."""

from datetime import datetime

import strawberry

from models.visit_type import VisitMode
from resolvers.scheduling.free_slot import FreeSlot
from schema.authorization import auth
from schema.provider.types import Provider, VisitType
from schema.rights import FRONT_DESK
from schema.scalars import TimeZone


@strawberry.type(description="A time that can be booked. Somebody may be faster.", directives=[auth(*FRONT_DESK)])
class Slot:
    provider: Provider = strawberry.field(description="With whom.")
    visit_type: VisitType = strawberry.field(description="For what.")
    start: datetime = strawberry.field(description="When it starts.")
    end: datetime = strawberry.field(description="When the next may start, but for buffers.")
    time_zone: TimeZone = strawberry.field(description="The zone to show it in: the one asked for, or else the provider's.")
    modes: list[VisitMode] = strawberry.field(description="How the visit can be held.")

    @classmethod
    def of(cls, slot: FreeSlot, time_zone: str | None = None) -> "Slot":
        return cls(
            provider=Provider.from_document(slot.provider),
            visit_type=VisitType.from_document(slot.visit_type),
            start=slot.start,
            end=slot.end,
            time_zone=TimeZone(time_zone or slot.provider.time_zone),
            modes=slot.visit_type.modes,
        )
