"""Slots that can be booked."""

from collections.abc import Iterable
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
        return cls.all_of([slot], time_zone)[0]

    @classmethod
    def all_of(cls, slots: Iterable[FreeSlot], time_zone: str | None = None) -> "list[Slot]":
        """Of few providers and visit types, each of which is converted once."""
        providers: dict[str, Provider] = {}
        visit_types: dict[str, VisitType] = {}
        found = []
        for slot in slots:
            provider = providers.get(slot.provider.id)
            if provider is None:
                provider = providers[slot.provider.id] = Provider.from_document(slot.provider)
            visit_type = visit_types.get(slot.visit_type.id)
            if visit_type is None:
                visit_type = visit_types[slot.visit_type.id] = VisitType.from_document(slot.visit_type)
            zone = TimeZone(time_zone) if time_zone else provider.time_zone
            made = cls(
                provider=provider,
                visit_type=visit_type,
                start=slot.start,
                end=slot.end,
                time_zone=zone,
                modes=visit_type.modes,
            )
            found.append(made)
        return found
