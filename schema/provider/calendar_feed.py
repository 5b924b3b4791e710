"""Calendar feeds of a provider's schedule."""

from datetime import datetime

import strawberry

from models.calendar_feed import CalendarFeed as CalendarFeedDocument
from models.role import Role
from schema.authorization import auth


@strawberry.type(
    description="A private address under which calendar programs read a provider's schedule. The address itself is not kept.",
    directives=[auth(Role.PROVIDER, Role.STAFF)],
)
class CalendarFeed:
    id: strawberry.ID = strawberry.field(description="Names it to `revokeCalendarFeed`.")
    created_at: datetime = strawberry.field(description="When it was made.")
    last_read_at: datetime | None = strawberry.field(description="When a program last asked; null if never.")

    @classmethod
    def from_document(cls, document: CalendarFeedDocument) -> "CalendarFeed":
        return cls(id=strawberry.ID(document.id), created_at=document.created_at, last_read_at=document.last_read_at)
