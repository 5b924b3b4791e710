"""revokeCalendarFeed."""

from typing import Annotated

import strawberry

from models.role import Role
from resolvers.calendar.feeds import revoke_feed
from resolvers.user_errors import Rejected
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.node import existing
from schema.provider.types import Provider


@strawberry.input(description="A feed to end.")
class RevokeCalendarFeedInput:
    id: strawberry.ID = strawberry.field(description="Which feed, as in `Provider.calendarFeeds`.")
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="The provider whose feed it was, or why not.")
class RevokeCalendarFeedPayload:
    provider: Provider | None = strawberry.field(default=None, description="The provider, with the feeds that are left.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class RevokeCalendarFeed:
    @strawberry.mutation(
        description="Ends a feed at once: its address leads nowhere from now on.", directives=[auth(Role.PROVIDER, Role.STAFF)]
    )
    async def revoke_calendar_feed(
        self, info: Info, input: Annotated[RevokeCalendarFeedInput, strawberry.argument(description="The input.")]
    ) -> RevokeCalendarFeedPayload:
        try:
            provider_id = await revoke_feed(info.context, input.id, input.idempotency_key)
        except Rejected as rejection:
            return RevokeCalendarFeedPayload(errors=shown_errors(rejection))
        provider = existing(await info.context.loaders.providers.load(provider_id))
        return RevokeCalendarFeedPayload(provider=Provider.from_document(provider), errors=[])
