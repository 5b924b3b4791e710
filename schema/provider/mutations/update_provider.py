"""updateProvider."""

from typing import Annotated

import strawberry

from models.role import Role
from resolvers.provider_changes import update_provider
from resolvers.user_errors import Rejected
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.node import id_of
from schema.patient.inputs import HumanNameInput
from schema.provider.inputs import ProviderFields
from schema.provider.types import Provider


@strawberry.input(description="Changes to a provider. What is not given stays. Hours and zone: `setAvailability`.")
class UpdateProviderInput(ProviderFields):
    id: strawberry.ID = strawberry.field(description="Which provider.")
    npi: str | None = strawberry.field(default=None, description="The right one, where a wrong one was entered.")
    name: HumanNameInput | None = strawberry.field(default=None, description="The provider's name.")
    active: bool | None = strawberry.field(default=None, description="Whether the provider can be booked at all.")
    expected_revision: int | None = strawberry.field(
        default=None, description="Refuse with a Conflict unless it is still at this revision."
    )
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="The provider as changed, or why not.")
class UpdateProviderPayload:
    provider: Provider | None = strawberry.field(default=None, description="The provider after the change.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class UpdateProvider:
    @strawberry.mutation(
        description="Changes what the directory says of a provider. Visits that are booked stay.",
        directives=[auth(Role.STAFF, Role.ADMIN)],
    )
    async def update_provider(
        self, info: Info, input: Annotated[UpdateProviderInput, strawberry.argument(description="The input.")]
    ) -> UpdateProviderPayload:
        provider_id = id_of("Provider", input.id, ["input", "id"]) or ""
        wish = input.wish_of(input.npi, input.name, active=input.active)
        try:
            document = await update_provider(info.context, provider_id, wish, input.expected_revision, input.idempotency_key)
        except Rejected as rejection:
            return UpdateProviderPayload(errors=shown_errors(rejection))
        return UpdateProviderPayload(provider=Provider.from_document(document), errors=[])
