"""createCalendarFeed."""

from typing import Annotated

import strawberry

from models.role import Role
from resolvers.calendar.feeds import create_feed
from resolvers.user_errors import Rejected
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.node import id_of
from schema.provider.calendar_feed import CalendarFeed


@strawberry.input(description="A new feed of a provider's schedule.")
class CreateCalendarFeedInput:
    provider: strawberry.ID = strawberry.field(description="Whose schedule: one's own, or for staff anybody's.")
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="The feed with its address, or why not.")
class CreateCalendarFeedPayload:
    calendar_feed: CalendarFeed | None = strawberry.field(default=None, description="The feed.")
    url: str | None = strawberry.field(
        default=None, description="The address, shown now and never again. Who has it reads the schedule: treat it as a password."
    )
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class CreateCalendarFeed:
    @strawberry.mutation(
        description="Makes a private address that calendar programs can subscribe to. It works until it is revoked, or the "
        "account that made it is closed or loses the right. Events name patients by their initials at most.",
        directives=[auth(Role.PROVIDER, Role.STAFF)],
    )
    async def create_calendar_feed(
        self, info: Info, input: Annotated[CreateCalendarFeedInput, strawberry.argument(description="The input.")]
    ) -> CreateCalendarFeedPayload:
        provider_id = id_of("Provider", input.provider, ["input", "provider"]) or ""
        try:
            made = await create_feed(info.context, provider_id, input.idempotency_key)
        except Rejected as rejection:
            return CreateCalendarFeedPayload(errors=shown_errors(rejection))
        return CreateCalendarFeedPayload(calendar_feed=CalendarFeed.from_document(made.feed), url=made.url, errors=[])
