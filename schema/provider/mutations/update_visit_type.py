"""updateVisitType."""

from typing import Annotated

import strawberry

from models.role import Role
from models.visit_type import VisitMode
from resolvers.user_errors import Rejected
from resolvers.visit_types import update_visit_type
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.node import id_of
from schema.provider.inputs import MoneyInput, VisitTypeFields
from schema.provider.types import VisitType


@strawberry.input(description="Changes to a kind of visit. What is not given stays.")
class UpdateVisitTypeInput(VisitTypeFields):
    id: strawberry.ID = strawberry.field(description="Which visit type.")
    name: str | None = strawberry.field(default=None, description="What it is called.")
    duration_minutes: int | None = strawberry.field(default=None, description="How long it takes: 5 to 1440.")
    modes: list[VisitMode] | None = strawberry.field(default=None, description="How it can be held; at least one way.")
    price: MoneyInput | None = strawberry.field(default=None, description="What it costs.")
    active: bool | None = strawberry.field(default=None, description="Whether it can be booked.")
    expected_revision: int | None = strawberry.field(
        default=None, description="Refuse with a Conflict unless it is still at this revision."
    )
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="The visit type as changed, or why not.")
class UpdateVisitTypePayload:
    visit_type: VisitType | None = strawberry.field(default=None, description="The visit type after the change.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class UpdateVisitType:
    @strawberry.mutation(
        description="Changes a kind of visit for bookings from now on; visits that are booked keep their time.",
        directives=[auth(Role.STAFF)],
    )
    async def update_visit_type(
        self, info: Info, input: Annotated[UpdateVisitTypeInput, strawberry.argument(description="The input.")]
    ) -> UpdateVisitTypePayload:
        visit_type_id = id_of("VisitType", input.id, ["input", "id"]) or ""
        try:
            wish = input.wish_of(input.name, input.duration_minutes, input.modes, input.price, input.active)
            document = await update_visit_type(info.context, visit_type_id, wish, input.expected_revision, input.idempotency_key)
        except Rejected as rejection:
            return UpdateVisitTypePayload(errors=shown_errors(rejection))
        return UpdateVisitTypePayload(visit_type=VisitType.from_document(document), errors=[])
