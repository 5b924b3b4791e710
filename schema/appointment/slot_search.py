"""How free slots are searched."""

from datetime import datetime
from typing import Annotated, Any

import strawberry

from models.visit_type import VisitMode
from resolvers.pagination import Order, Page
from resolvers.slots import SlotPage, SlotSearch, cursor_of
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

    def search(self) -> SlotSearch:
        return SlotSearch(
            provider=id_of("Provider", self.provider, ["where", "provider"]),
            specialty=self.specialty,
            visit_type=id_of("VisitType", self.visit_type, ["where", "visitType"]),
            mode=self.mode,
            language=self.language,
            accepting_new_patients=self.accepting_new_patients,
            from_=self.from_,
            to=self.to,
        )


Where = Annotated[SlotSearchInput, strawberry.argument(description="Which ones.")]


@strawberry.type(description="Free slots in time order, a page at a time.", directives=[auth(*FRONT_DESK)])
class SlotConnection(Connection[Slot]):
    @classmethod
    def of(cls, found: SlotPage, time_zone: str | None) -> "SlotConnection":
        page: Page[Any] = Page(
            found.slots,
            Order("start"),
            has_next=found.has_next,
            has_previous=found.has_previous,
            count=found.count,
            mark=cursor_of,
        )
        return cls(nodes=[Slot.of(slot, time_zone) for slot in found.slots], page=page)
