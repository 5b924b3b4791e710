"""recordCondition."""

from typing import Annotated

import strawberry

import models.record as stored
from models.record import ConditionStatus
from models.role import Role
from resolvers.record_writing.record_condition import record_condition
from schema.authorization import auth
from schema.errors import UserError
from schema.info import Info
from schema.provider.inputs import CodeableConceptInput
from schema.record.clinical import Condition
from schema.record.inputs.contents import content_of
from schema.record.inputs.entry import EntryInput
from schema.record.inputs.kinds import ConditionFields
from schema.record.recorded import recorded


@strawberry.input(description="A problem or diagnosis of a patient.")
class RecordConditionInput(ConditionFields, EntryInput):
    code: CodeableConceptInput = strawberry.field(description="Which problem or diagnosis; words alone will do.")
    clinical_status: ConditionStatus = strawberry.field(default=ConditionStatus.ACTIVE, description="Whether it is present.")


@strawberry.type(description="The condition as it is in the record, or why not.")
class RecordConditionPayload:
    condition: Condition | None = strawberry.field(default=None, description="The new entry.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class RecordCondition:
    @strawberry.mutation(description="Records a problem or diagnosis.", directives=[auth(Role.PROVIDER)])
    async def record_condition(
        self, info: Info, input: Annotated[RecordConditionInput, strawberry.argument(description="The input.")]
    ) -> RecordConditionPayload:
        work = record_condition(info.context, input.entry(), content_of(stored.Condition, input))
        condition, errors = await recorded(info, work, Condition.from_document)
        return RecordConditionPayload(condition=condition, errors=errors)
