"""markEducationRead."""

from typing import Annotated

import strawberry

from models.role import Role
from resolvers.education_reading import mark_read
from resolvers.user_errors import Rejected
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.node import id_of
from schema.patient.types import Patient


@strawberry.input(description="Which article was read.")
class MarkEducationReadInput:
    resource: strawberry.ID = strawberry.field(description="The article.")
    patient: strawberry.ID | None = strawberry.field(default=None, description="By whom, or for whom; the caller when not given.")
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="The patient, or why not.")
class MarkEducationReadPayload:
    patient: Patient | None = strawberry.field(default=None, description="Whose reading it is.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class MarkEducationRead:
    @strawberry.mutation(
        description="Notes that an article was read; again, and nothing changes. Proxies for RECORDS may, too.",
        directives=[auth(Role.PATIENT)],
    )
    async def mark_education_read(
        self, info: Info, input: Annotated[MarkEducationReadInput, strawberry.argument(description="The input.")]
    ) -> MarkEducationReadPayload:
        resource_id = id_of("EducationResource", input.resource, ["input", "resource"]) or ""
        patient_id = id_of("Patient", input.patient, ["input", "patient"])
        try:
            marked = await mark_read(info.context, resource_id, patient_id, input.idempotency_key)
        except Rejected as rejection:
            return MarkEducationReadPayload(errors=shown_errors(rejection))
        found = await info.context.loaders.patients.load(marked)
        return MarkEducationReadPayload(patient=None if found is None else Patient.from_document(found), errors=[])
