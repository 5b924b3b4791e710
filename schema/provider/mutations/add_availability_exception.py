"""addAvailabilityException."""

from typing import Annotated

import strawberry

from models.role import Role
from resolvers.availability import add_exception
from resolvers.user_errors import Rejected
from schema.authorization import auth
from schema.errors import shown_errors
from schema.info import Info
from schema.node import id_of
from schema.provider.inputs import AddAvailabilityExceptionInput
from schema.provider.mutations.hours_payload import HoursPayload, shown_hours


@strawberry.type(description="The provider with the new day, or why not.")
class AddAvailabilityExceptionPayload(HoursPayload):
    pass


@strawberry.type
class AddAvailabilityException:
    @strawberry.mutation(
        description="Adds a day that differs: a holiday, leave, or extra hours, which leave does not cut.",
        directives=[auth(Role.PROVIDER, Role.STAFF)],
    )
    async def add_availability_exception(
        self, info: Info, input: Annotated[AddAvailabilityExceptionInput, strawberry.argument(description="The input.")]
    ) -> AddAvailabilityExceptionPayload:
        provider_id = id_of("Provider", input.provider, ["input", "provider"]) or ""
        try:
            changed = await add_exception(info.context, provider_id, input.wish(), input.expected_revision, input.idempotency_key)
        except Rejected as rejection:
            return AddAvailabilityExceptionPayload(errors=shown_errors(rejection))
        return await shown_hours(info, AddAvailabilityExceptionPayload, changed)
