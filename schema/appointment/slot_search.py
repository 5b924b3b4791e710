"""How free slots are searched."""

from datetime import datetime
from typing import Annotated, Any

import strawberry

from models.visit_type import VisitMode
from resolvers.pagination import Page
from resolvers.scheduling.span import Span
from resolvers.slot_search.offers import SlotCriteria
from resolvers.slot_search.range import slot_range
from schema.appointment.slot import Slot
from schema.authorization import auth
from schema.connection import Connection
from schema.node import id_of
from schema.rights import FRONT_DESK
from schema.scalars import TimeZone


@strawberry.input(name="SlotSearch", description="Which slots. All that is given must hold.")
class SlotSearchInput:
    specialty: str | None = strawberry.field(default=None, description="Of providers with this specialty's code.")
    provider: strawberry.ID | None = strawberry.field(default=None, description="Of this provider.")
    visit_type: strawberry.ID | None = strawberry.field(default=None, description="For this visit type; for any when not given.")
    mode: VisitMode | None = strawberry.field(default=None, description="For visits that can be held this way.")
    language: str | None = strawberry.field(default=None, description="Of providers who speak this language (BCP 47).")
    accepting_new_patients: bool | None = strawberry.field(
        default=None, description="Of providers who take new patients, or do not."
    )
    from_: datetime | None = strawberry.field(
        default=None, name="from", description="Starting at or after this; now when not given."
    )
    to: datetime | None = strawberry.field(
        default=None, description="Starting before this: at most 92 days after `from`, 30 when not given."
    )
    time_zone: TimeZone | None = strawberry.field(
        default=None, description="The zone that the slots name; the provider's when not given. It changes no instant."
    )

    def criteria(self) -> SlotCriteria:
        provider_id = id_of("Provider", self.provider, ["where", "provider"])
        return SlotCriteria(
            specialty=self.specialty,
            language=self.language,
            accepting_new_patients=self.accepting_new_patients,
            mode=self.mode,
            visit_type=id_of("VisitType", self.visit_type, ["where", "visitType"]),
            provider_ids=None if provider_id is None else [provider_id],
        )

    def range(self, instant: datetime) -> Span:
        return slot_range(self.from_, self.to, instant, ["where"])


Where = Annotated[SlotSearchInput, strawberry.argument(description="Which ones.")]


@strawberry.type(description="Free slots in time order, a page at a time.", directives=[auth(*FRONT_DESK)])
class SlotConnection(Connection[Slot]):
    @strawberry.field(description="How many slots there are; counted only when asked for, and not beyond 1000: 1000 may be more.")
    async def total_count(self) -> int:
        return await self.page.count()

    @classmethod
    def of(cls, page: Page[Any], time_zone: str | None) -> "SlotConnection":
        return cls(nodes=Slot.all_of(page.documents, time_zone), page=page)
