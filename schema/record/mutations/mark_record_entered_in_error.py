"""markRecordEnteredInError."""

from typing import Annotated

import strawberry

from models.role import Role
from resolvers.record_writing.entered_in_error import mark_entered_in_error
from schema.authorization import auth
from schema.info import Info
from schema.record.change_payload import RecordChangePayload, changed_record
from schema.record.types import record_id_of


@strawberry.input(description="Which entry should never have been, and why.")
class MarkRecordEnteredInErrorInput:
    record: strawberry.ID = strawberry.field(description="The entry; a report takes its observations with it.")
    reason: str = strawberry.field(description="Why, 3 to 500 characters: the wrong patient, say.")
    expected_version: int | None = strawberry.field(
        default=None, description="Refuse with a Conflict unless the entry is still at this version."
    )
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="The entry, marked, or why not.")
class MarkRecordEnteredInErrorPayload(RecordChangePayload):
    pass


@strawberry.type
class MarkRecordEnteredInError:
    @strawberry.mutation(
        description="Marks what was entered in error: gone from the portal, kept in history, and final.",
        directives=[auth(Role.PROVIDER)],
    )
    async def mark_record_entered_in_error(
        self, info: Info, input: Annotated[MarkRecordEnteredInErrorInput, strawberry.argument(description="The input.")]
    ) -> MarkRecordEnteredInErrorPayload:
        record_id = record_id_of(input.record, ["input", "record"])
        work = mark_entered_in_error(info.context, record_id, input.expected_version, input.reason, input.idempotency_key)
        done = await changed_record(info, record_id, work)
        return MarkRecordEnteredInErrorPayload(record=done.record, errors=done.errors)
