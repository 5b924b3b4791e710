"""createVisitType."""

from typing import Annotated

import strawberry

from models.role import Role
from models.visit_type import VisitMode
from resolvers.user_errors import Rejected
from resolvers.visit_types import create_visit_type
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.provider.inputs import MoneyInput, VisitTypeFields
from schema.provider.types import VisitType


@strawberry.input(description="A new kind of visit.")
class CreateVisitTypeInput(VisitTypeFields):
    name: str = strawberry.field(description="What it is called.")
    duration_minutes: int = strawberry.field(description="How long it takes: 5 to 1440.")
    modes: list[VisitMode] = strawberry.field(description="How it can be held; at least one way.")
    price: MoneyInput = strawberry.field(description="What it costs.")
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="The visit type, or why not.")
class CreateVisitTypePayload:
    visit_type: VisitType | None = strawberry.field(default=None, description="The new visit type.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class CreateVisitType:
    @strawberry.mutation(
        description="Makes a kind of visit. Providers offer it once it is among theirs (`updateProvider`).",
        directives=[auth(Role.STAFF)],
    )
    async def create_visit_type(
        self, info: Info, input: Annotated[CreateVisitTypeInput, strawberry.argument(description="The input.")]
    ) -> CreateVisitTypePayload:
        try:
            wish = input.wish_of(input.name, input.duration_minutes, input.modes, input.price, None)
            document = await create_visit_type(info.context, wish, input.idempotency_key)
        except Rejected as rejection:
            return CreateVisitTypePayload(errors=shown_errors(rejection))
        return CreateVisitTypePayload(visit_type=VisitType.from_document(document), errors=[])
