"""showMyResult."""

from typing import Annotated

import strawberry

from models.role import Role
from resolvers.release.waiting import show_my_result
from resolvers.user_errors import Rejected
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.node import id_of
from schema.record.base import Record
from schema.record.types import loaded_record


@strawberry.input(description="Which result is not to wait any longer.")
class ShowMyResultInput:
    waiting_result: strawberry.ID = strawberry.field(description="One of `Patient.waitingResults`.")
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="The result, or why not.")
class ShowMyResultPayload:
    record: Record | None = strawberry.field(default=None, description="The result.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class ShowMyResult:
    @strawberry.mutation(
        description="Ends the patient's own wish to wait for one result. Not for proxies.", directives=[auth(Role.PATIENT)]
    )
    async def show_my_result(
        self, info: Info, input: Annotated[ShowMyResultInput, strawberry.argument(description="The input.")]
    ) -> ShowMyResultPayload:
        waiting_id = id_of("WaitingResult", input.waiting_result, ["input", "waitingResult"]) or ""
        try:
            shown = await show_my_result(info.context, waiting_id, input.idempotency_key)
        except Rejected as rejection:
            return ShowMyResultPayload(errors=shown_errors(rejection))
        return ShowMyResultPayload(record=await loaded_record(info, shown), errors=[])
