"""registerPatient."""

from dataclasses import replace
from datetime import date
from typing import Annotated

import strawberry

from models.role import Role
from resolvers.registration import register_at_desk, register_online
from resolvers.user_errors import Rejected
from schema.authorization import public
from schema.errors import InvalidInput, UserError
from schema.info import Info
from schema.patient.duplicates import registration_errors
from schema.patient.inputs import HumanNameInput, ProfileInput
from schema.patient.types import Patient


@strawberry.input(description="A new patient.")
class RegisterPatientInput(ProfileInput):
    name: HumanNameInput = strawberry.field(description="The patient's name.")
    birth_date: date = strawberry.field(description="When the patient was born.")
    email: str | None = strawberry.field(default=None, description="The address to sign in with; not for staff.")
    password: str | None = strawberry.field(default=None, description="12 characters or more; not for staff.")
    acknowledge_duplicates: bool = strawberry.field(
        default=False, description="By staff, after PossibleDuplicates: none of those shown is this person."
    )
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="The patient, where staff registered; else a mail is on its way.")
class RegisterPatientPayload:
    patient: Patient | None = strawberry.field(default=None, description="Set when staff registered the patient.")
    confirmation_sent: bool = strawberry.field(
        default=False, description="A mail was sent to the address, whether or not it was known: it says how to go on."
    )
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class RegisterPatient:
    @strawberry.mutation(
        description="Registers a patient. Staff get the patient at once; others confirm by mail with confirmRegistration.",
        directives=[public()],
    )
    async def register_patient(
        self, info: Info, input: Annotated[RegisterPatientInput, strawberry.argument(description="The input.")]
    ) -> RegisterPatientPayload:
        # There is nothing yet that could be cleared.
        profile = replace(input.profile(input.name, input.birth_date), cleared=frozenset())
        try:
            if Role.STAFF in info.context.principal.roles:
                patient = await register_at_desk(
                    info.context, profile, input.idempotency_key, acknowledge_duplicates=input.acknowledge_duplicates
                )
                return RegisterPatientPayload(patient=Patient.from_document(patient), errors=[])
            missing = _missing(input)
            if missing:
                return RegisterPatientPayload(errors=missing)
            email, password = input.email or "", input.password or ""
            await register_online(info.context, profile, email, password, input.idempotency_key)
        except Rejected as rejection:
            return RegisterPatientPayload(errors=registration_errors(rejection))
        return RegisterPatientPayload(confirmation_sent=True, errors=[])


def _missing(input: RegisterPatientInput) -> list[UserError]:
    given = {"email": input.email, "password": input.password}
    return [
        InvalidInput(message=f"Give {'an e-mail address' if name == 'email' else 'a password'}.", code="REQUIRED", path=[name])
        for name, value in given.items()
        if not value
    ]
