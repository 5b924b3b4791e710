"""updatePatient."""

from datetime import date
from typing import Annotated

import strawberry

from models.role import Role
from resolvers.patient_update import update_patient
from resolvers.user_errors import Rejected
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.node import id_of
from schema.patient.inputs import HumanNameInput, ProfileInput
from schema.patient.types import Patient


@strawberry.input(description="Changes to a patient's profile. What is not given stays.")
class UpdatePatientInput(ProfileInput):
    id: strawberry.ID = strawberry.field(description="Which patient.")
    name: HumanNameInput | None = strawberry.field(default=None, description="The patient's name; staff only.")
    birth_date: date | None = strawberry.field(default=None, description="When the patient was born; staff only.")
    expected_revision: int | None = strawberry.field(
        default=None, description="Refuse with a Conflict unless the profile is still at this revision."
    )
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="The patient as changed, or why not.")
class UpdatePatientPayload:
    patient: Patient | None = strawberry.field(default=None, description="The patient after the change.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class UpdatePatient:
    @strawberry.mutation(
        description="Changes a profile: patients their own, staff anybody's.", directives=[auth(Role.PATIENT, Role.STAFF)]
    )
    async def update_patient(
        self, info: Info, input: Annotated[UpdatePatientInput, strawberry.argument(description="The input.")]
    ) -> UpdatePatientPayload:
        patient_id = id_of("Patient", input.id, ["input", "id"]) or ""
        profile = input.profile(input.name, input.birth_date)
        try:
            patient = await update_patient(info.context, patient_id, profile, input.expected_revision, input.idempotency_key)
        except Rejected as rejection:
            return UpdatePatientPayload(errors=shown_errors(rejection))
        return UpdatePatientPayload(patient=Patient.from_document(patient), errors=[])
