"""signRecord."""

from typing import Annotated

import strawberry

from models.role import Role
from resolvers.record_writing.signing import sign_record
from schema.authorization import auth
from schema.info import Info
from schema.record.change_payload import RecordChangePayload, changed_record
from schema.record.types import record_id_of


@strawberry.input(description="Which entry is signed.")
class SignRecordInput:
    record: strawberry.ID = strawberry.field(description="The draft; of a report, its observations are signed with it.")
    expected_version: int | None = strawberry.field(
        default=None, description="Refuse with a Conflict unless the entry is still at this version."
    )
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="The signed entry, or why not.")
class SignRecordPayload(RecordChangePayload):
    pass


@strawberry.type
class SignRecord:
    @strawberry.mutation(
        description="Signs a draft: PRELIMINARY becomes FINAL. By its author, a person.", directives=[auth(Role.PROVIDER)]
    )
    async def sign_record(
        self, info: Info, input: Annotated[SignRecordInput, strawberry.argument(description="The input.")]
    ) -> SignRecordPayload:
        record_id = record_id_of(input.record, ["input", "record"])
        work = sign_record(info.context, record_id, input.expected_version, input.idempotency_key)
        done = await changed_record(info, record_id, work)
        return SignRecordPayload(record=done.record, errors=done.errors)
