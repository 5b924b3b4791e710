"""recordProcedure."""

from typing import Annotated

import strawberry

import models.record as stored
from models.role import Role
from resolvers.record_writing.record_procedure import record_procedure
from schema.authorization import auth
from schema.errors import UserError
from schema.info import Info
from schema.provider.inputs import CodeableConceptInput
from schema.record.clinical import Procedure
from schema.record.inputs.contents import content_of
from schema.record.inputs.entry import EntryInput
from schema.record.inputs.kinds import ProcedureFields
from schema.record.recorded import recorded


@strawberry.input(description="Something that was done.")
class RecordProcedureInput(ProcedureFields, EntryInput):
    code: CodeableConceptInput = strawberry.field(description="What was done; words alone will do.")


@strawberry.type(description="The procedure as it is in the record, or why not.")
class RecordProcedurePayload:
    procedure: Procedure | None = strawberry.field(default=None, description="The new entry.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class RecordProcedure:
    @strawberry.mutation(description="Records a procedure.", directives=[auth(Role.PROVIDER)])
    async def record_procedure(
        self, info: Info, input: Annotated[RecordProcedureInput, strawberry.argument(description="The input.")]
    ) -> RecordProcedurePayload:
        work = record_procedure(info.context, input.entry(), content_of(stored.Procedure, input))
        procedure, errors = await recorded(info, work, Procedure.from_document)
        return RecordProcedurePayload(procedure=procedure, errors=errors)
