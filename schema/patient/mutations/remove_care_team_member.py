"""removeCareTeamMember."""

from typing import Annotated

import strawberry

from models.role import Role
from resolvers.care_team import remove_member
from resolvers.user_errors import Rejected
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.node import id_of
from schema.patient.types import Patient


@strawberry.input(description="A provider who leaves a patient's care team.")
class RemoveCareTeamMemberInput:
    patient: strawberry.ID = strawberry.field(description="Whose team.")
    provider: strawberry.ID = strawberry.field(description="Who leaves it.")
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="The patient with the team, or why not.")
class RemoveCareTeamMemberPayload:
    patient: Patient | None = strawberry.field(
        default=None, description="The patient after the change; null for a caller who does not see the patient any more."
    )
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class RemoveCareTeamMember:
    @strawberry.mutation(
        description="Takes a provider off a care team, by staff or a provider on it. Who has or had a visit with the patient "
        "still sees them.",
        directives=[auth(Role.PROVIDER, Role.STAFF)],
    )
    async def remove_care_team_member(
        self, info: Info, input: Annotated[RemoveCareTeamMemberInput, strawberry.argument(description="The input.")]
    ) -> RemoveCareTeamMemberPayload:
        patient_id = id_of("Patient", input.patient, ["input", "patient"]) or ""
        provider_id = id_of("Provider", input.provider, ["input", "provider"]) or ""
        try:
            patient = await remove_member(info.context, patient_id, provider_id, input.idempotency_key)
        except Rejected as rejection:
            return RemoveCareTeamMemberPayload(errors=shown_errors(rejection))
        return RemoveCareTeamMemberPayload(patient=None if patient is None else Patient.from_document(patient), errors=[])
