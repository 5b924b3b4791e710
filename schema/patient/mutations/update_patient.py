"""updatePatient."""

from dataclasses import replace
from datetime import date, datetime
from typing import Annotated

import strawberry
from strawberry import UNSET

from models.role import Role
from resolvers.patient_extensions import ExtensionEntry
from resolvers.patient_update import update_patient
from resolvers.user_errors import Rejected
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.node import id_of
from schema.patient.inputs import HumanNameInput, ProfileInput
from schema.patient.types import Patient
from schema.scalars import JSON


@strawberry.input(description="What is kept with the patient under a namespace.")
class ExtensionInput:
    namespace: str = strawberry.field(
        description="Lower-case words with dots and hyphens between, such as lab.example; at most 64 characters. `house` and "
        "`ohms`, what is below them, and what staff wrote are staff's to write."
    )
    value: JSON | None = strawberry.field(
        default=None, description="Any JSON, at most 16,384 bytes and 8 levels deep; null takes the namespace away."
    )

    def entry(self) -> ExtensionEntry:
        return ExtensionEntry(namespace=self.namespace, value=self.value)


@strawberry.input(description="Changes to a patient's profile. What is not given stays; what is given as null is cleared.")
class UpdatePatientInput(ProfileInput):
    id: strawberry.ID = strawberry.field(description="Which patient.")
    name: HumanNameInput | None = strawberry.field(default=UNSET, description="The patient's name; staff only.")
    birth_date: date | None = strawberry.field(default=UNSET, description="When the patient was born; staff only.")
    deceased_at: datetime | None = strawberry.field(default=UNSET, description="When the patient died; staff only.")
    extensions: list[ExtensionInput] | None = strawberry.field(
        default=None, description="Changes by namespace, at most 20; the other namespaces stay."
    )
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
        entries = None if input.extensions is None else [extension.entry() for extension in input.extensions]
        profile = input.profile(input.name, input.birth_date, deceased_at=input.deceased_at)
        profile = replace(profile, extensions=entries)
        try:
            patient = await update_patient(info.context, patient_id, profile, input.expected_revision, input.idempotency_key)
        except Rejected as rejection:
            return UpdatePatientPayload(errors=shown_errors(rejection))
        return UpdatePatientPayload(patient=Patient.from_document(patient), errors=[])
