"""createProvider."""

from typing import Annotated

import strawberry

from models.role import Role
from resolvers.provider_changes import create_provider
from resolvers.user_errors import Rejected
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.patient.inputs import HumanNameInput
from schema.provider.inputs import ProviderFields
from schema.provider.types import Provider
from schema.scalars import TimeZone


@strawberry.input(description="A new provider.")
class CreateProviderInput(ProviderFields):
    npi: str = strawberry.field(description="National Provider Identifier: ten digits, the last a check digit.")
    name: HumanNameInput = strawberry.field(description="The provider's name.")
    time_zone: TimeZone = strawberry.field(description="Where the provider's clock hangs.")
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="The provider, or why not.")
class CreateProviderPayload:
    provider: Provider | None = strawberry.field(default=None, description="The new provider.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class CreateProvider:
    @strawberry.mutation(
        description="Makes a provider, who has no hours yet (`setAvailability`) and no account (`inviteUser`).",
        directives=[auth(Role.STAFF, Role.ADMIN)],
    )
    async def create_provider(
        self, info: Info, input: Annotated[CreateProviderInput, strawberry.argument(description="The input.")]
    ) -> CreateProviderPayload:
        wish = input.wish_of(input.npi, input.name, time_zone=input.time_zone)
        try:
            document = await create_provider(info.context, wish, input.idempotency_key)
        except Rejected as rejection:
            return CreateProviderPayload(errors=shown_errors(rejection))
        return CreateProviderPayload(provider=Provider.from_document(document), errors=[])
