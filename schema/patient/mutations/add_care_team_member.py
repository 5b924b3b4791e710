"""addCareTeamMember."""

from datetime import datetime
from typing import Annotated

import strawberry

from models.patient import CareTeamRole
from models.role import Role
from resolvers.care_team import add_member
from resolvers.user_errors import Rejected
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.node import id_of
from schema.patient.types import Patient


@strawberry.input(description="A provider who comes to a patient's care team.")
class AddCareTeamMemberInput:
    patient: strawberry.ID = strawberry.field(description="Whose team.")
    provider: strawberry.ID = strawberry.field(description="Who comes to it.")
    role: CareTeamRole = strawberry.field(default=CareTeamRole.ATTENDING, description="In which part.")
    since: datetime | None = strawberry.field(default=None, description="From when on; now when not given, never in the future.")
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="The patient with the team, or why not.")
class AddCareTeamMemberPayload:
    patient: Patient | None = strawberry.field(default=None, description="The patient after the change.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class AddCareTeamMember:
    @strawberry.mutation(
        description="Puts a provider on a care team, by staff or a provider on it. The provider sees the patient from then on.",
        directives=[auth(Role.PROVIDER, Role.STAFF)],
    )
    async def add_care_team_member(
        self, info: Info, input: Annotated[AddCareTeamMemberInput, strawberry.argument(description="The input.")]
    ) -> AddCareTeamMemberPayload:
        patient_id = id_of("Patient", input.patient, ["input", "patient"]) or ""
        provider_id = id_of("Provider", input.provider, ["input", "provider"]) or ""
        try:
            patient = await add_member(info.context, patient_id, provider_id, input.role, input.since, input.idempotency_key)
        except Rejected as rejection:
            return AddCareTeamMemberPayload(errors=shown_errors(rejection))
        return AddCareTeamMemberPayload(patient=Patient.from_document(patient), errors=[])
