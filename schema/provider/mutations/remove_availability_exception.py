"""removeAvailabilityException."""

from typing import Annotated

import strawberry

from models.role import Role
from resolvers.availability import remove_exception
from resolvers.user_errors import Rejected
from schema.authorization import auth
from schema.errors import shown_errors
from schema.info import Info
from schema.node import id_of
from schema.provider.mutations.hours_payload import HoursPayload, shown_hours


@strawberry.input(description="A day that shall differ no more.")
class RemoveAvailabilityExceptionInput:
    provider: strawberry.ID = strawberry.field(description="Whose day: one's own, or for staff anybody's.")
    exception: strawberry.ID = strawberry.field(description="Which one, as in `Availability.exceptions`.")
    expected_revision: int | None = strawberry.field(
        default=None, description="Refuse with a Conflict unless the provider is still at this revision."
    )
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="The provider without the day, or why not.")
class RemoveAvailabilityExceptionPayload(HoursPayload):
    pass


@strawberry.type
class RemoveAvailabilityException:
    @strawberry.mutation(
        description="Removes a day that differs: the weekly hours hold again.",
        directives=[auth(Role.PROVIDER, Role.STAFF)],
    )
    async def remove_availability_exception(
        self, info: Info, input: Annotated[RemoveAvailabilityExceptionInput, strawberry.argument(description="The input.")]
    ) -> RemoveAvailabilityExceptionPayload:
        provider_id = id_of("Provider", input.provider, ["input", "provider"]) or ""
        try:
            changed = await remove_exception(
                info.context, provider_id, input.exception, input.expected_revision, input.idempotency_key
            )
        except Rejected as rejection:
            return RemoveAvailabilityExceptionPayload(errors=shown_errors(rejection))
        return await shown_hours(info, RemoveAvailabilityExceptionPayload, changed)
