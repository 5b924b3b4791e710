"""recordAllergy."""

from typing import Annotated

import strawberry

import models.record as stored
from models.record import AllergyStatus
from models.role import Role
from resolvers.record_writing.record_allergy import record_allergy
from schema.authorization import auth
from schema.errors import UserError
from schema.info import Info
from schema.provider.inputs import CodeableConceptInput
from schema.record.clinical import Allergy
from schema.record.inputs.contents import content_of
from schema.record.inputs.entry import EntryInput
from schema.record.inputs.kinds import AllergyFields
from schema.record.recorded import recorded


@strawberry.input(description="An allergy or intolerance of a patient.")
class RecordAllergyInput(AllergyFields, EntryInput):
    code: CodeableConceptInput = strawberry.field(description="To what; words alone will do.")
    clinical_status: AllergyStatus = strawberry.field(default=AllergyStatus.ACTIVE, description="Whether it still stands.")


@strawberry.type(description="The allergy as it is in the record, or why not.")
class RecordAllergyPayload:
    allergy: Allergy | None = strawberry.field(default=None, description="The new entry.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class RecordAllergy:
    @strawberry.mutation(
        description="Records an allergy, or that none is known (SNOMED CT 716186003): refused where one stands, ended by one.",
        directives=[auth(Role.PROVIDER)],
    )
    async def record_allergy(
        self, info: Info, input: Annotated[RecordAllergyInput, strawberry.argument(description="The input.")]
    ) -> RecordAllergyPayload:
        work = record_allergy(info.context, input.entry(), content_of(stored.Allergy, input))
        allergy, errors = await recorded(info, work, Allergy.from_document)
        return RecordAllergyPayload(allergy=allergy, errors=errors)
