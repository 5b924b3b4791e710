"""endHold."""

from typing import Annotated

import strawberry

from models.role import Role
from resolvers.release.holding import end_hold
from resolvers.user_errors import Rejected
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.record.base import Record
from schema.record.types import loaded_record, record_id_of


@strawberry.input(description="Which hold is ended before its time.")
class EndHoldInput:
    record: strawberry.ID = strawberry.field(description="The entry that is held.")
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="The entry, released, or why not.")
class EndHoldPayload:
    record: Record | None = strawberry.field(default=None, description="The entry after the change.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class EndHold:
    @strawberry.mutation(description="Ends a hold: the patient can read the entry now.", directives=[auth(Role.PROVIDER)])
    async def end_hold(
        self, info: Info, input: Annotated[EndHoldInput, strawberry.argument(description="The input.")]
    ) -> EndHoldPayload:
        record_id = record_id_of(input.record, ["input", "record"])
        try:
            ended = await end_hold(info.context, record_id, input.idempotency_key)
        except Rejected as rejection:
            return EndHoldPayload(errors=shown_errors(rejection))
        return EndHoldPayload(record=await loaded_record(info, ended), errors=[])
