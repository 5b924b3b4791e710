"""setAvailability."""

from typing import Annotated

import strawberry

from models.role import Role
from resolvers.availability import set_availability
from resolvers.user_errors import Rejected
from schema.authorization import auth
from schema.errors import shown_errors
from schema.info import Info
from schema.node import id_of
from schema.provider.inputs import SetAvailabilityInput
from schema.provider.mutations.hours_payload import HoursPayload, shown_hours


@strawberry.type(description="The provider with the new hours, or why not.")
class SetAvailabilityPayload(HoursPayload):
    pass


@strawberry.type
class SetAvailability:
    @strawberry.mutation(
        description="Sets when a provider is there in an ordinary week: providers their own hours, staff everybody's. "
        "Days that differ are kept.",
        directives=[auth(Role.PROVIDER, Role.STAFF)],
    )
    async def set_availability(
        self, info: Info, input: Annotated[SetAvailabilityInput, strawberry.argument(description="The input.")]
    ) -> SetAvailabilityPayload:
        provider_id = id_of("Provider", input.provider, ["input", "provider"]) or ""
        try:
            changed = await set_availability(
                info.context, provider_id, input.hours(), input.expected_revision, input.idempotency_key
            )
        except Rejected as rejection:
            return SetAvailabilityPayload(errors=shown_errors(rejection))
        return await shown_hours(info, SetAvailabilityPayload, changed)
