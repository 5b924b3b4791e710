"""recordImmunization."""

from typing import Annotated

import strawberry

import models.record as stored
from models.role import Role
from resolvers.record_writing.record_immunization import record_immunization
from schema.authorization import auth
from schema.errors import UserError
from schema.info import Info
from schema.provider.inputs import CodeableConceptInput
from schema.record.clinical import Immunization
from schema.record.inputs.contents import content_of
from schema.record.inputs.entry import EntryInput
from schema.record.inputs.kinds import ImmunizationFields
from schema.record.recorded import recorded


@strawberry.input(description="A vaccination of a patient.")
class RecordImmunizationInput(ImmunizationFields, EntryInput):
    code: CodeableConceptInput = strawberry.field(description="Which vaccine: CVX, NDC or SNOMED CT.")
    given: bool = strawberry.field(default=True, description="False when it was offered and not given.")


@strawberry.type(description="The vaccination as it is in the record, or why not.")
class RecordImmunizationPayload:
    immunization: Immunization | None = strawberry.field(default=None, description="The new entry.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class RecordImmunization:
    @strawberry.mutation(
        description="Records a vaccination that was given, or offered and not given.", directives=[auth(Role.PROVIDER)]
    )
    async def record_immunization(
        self, info: Info, input: Annotated[RecordImmunizationInput, strawberry.argument(description="The input.")]
    ) -> RecordImmunizationPayload:
        work = record_immunization(info.context, input.entry(), content_of(stored.Immunization, input))
        immunization, errors = await recorded(info, work, Immunization.from_document)
        return RecordImmunizationPayload(immunization=immunization, errors=errors)
