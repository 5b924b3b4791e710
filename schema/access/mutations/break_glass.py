"""breakGlass."""

from typing import Annotated

import strawberry

from models.purpose_of_use import PurposeOfUse
from models.role import Role
from resolvers.break_glass import Emergency, break_glass
from resolvers.user_errors import Rejected
from schema.access.types import BreakGlassGrant
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.node import id_of
from schema.patient.types import Patient


@strawberry.input(description="Why the glass is broken, and for whom: give the patient's id or the medical record number.")
class BreakGlassInput:
    patient: strawberry.ID | None = strawberry.field(default=None, description="Which patient.")
    mrn: str | None = strawberry.field(default=None, description="The patient with this medical record number.")
    purpose: PurposeOfUse = strawberry.field(description="EMERGENCY or TREATMENT; no other purpose breaks the glass.")
    reason: str = strawberry.field(description="Why, in 20 to 1000 characters. It is read at the review.")
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="The grant and the patient, or why not.")
class BreakGlassPayload:
    grant: BreakGlassGrant | None = strawberry.field(default=None, description="The grant: 15 minutes, then a review.")
    patient: Patient | None = strawberry.field(default=None, description="The patient, now visible.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class BreakGlass:
    @strawberry.mutation(
        description="Opens the record of one patient who is not under the provider's care, for 15 minutes. The patient is told "
        "in their own log, and an administrator reviews it within 72 hours. Psychotherapy notes stay closed.",
        directives=[auth(Role.PROVIDER)],
    )
    async def break_glass(
        self, info: Info, input: Annotated[BreakGlassInput, strawberry.argument(description="The input.")]
    ) -> BreakGlassPayload:
        patient_id = id_of("Patient", input.patient, ["input", "patient"])
        emergency = Emergency(patient_id=patient_id, mrn=input.mrn, purpose=input.purpose, reason=input.reason)
        try:
            grant = await break_glass(info.context, emergency, input.idempotency_key)
        except Rejected as rejection:
            return BreakGlassPayload(errors=shown_errors(rejection))
        patient = await info.context.loaders.patients.load(grant.patient_id)
        return BreakGlassPayload(
            grant=BreakGlassGrant.from_document(grant),
            patient=None if patient is None else Patient.from_document(patient),
            errors=[],
        )
