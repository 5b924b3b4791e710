"""setResultPreferences."""

from typing import Annotated

import strawberry

from models.result_preferences import ResultKind
from models.role import Role
from resolvers.release.wishing import ResultWish, set_result_preferences
from resolvers.user_errors import Rejected
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.node import existing, id_of
from schema.patient.types import Patient


@strawberry.input(description="What the patient wishes to hear of from the provider first. It takes the place of what was set.")
class SetResultPreferencesInput:
    patient: strawberry.ID = strawberry.field(description="The patient: the caller.")
    kinds: list[ResultKind] = strawberry.field(description="Which new entries are to wait; none to get all at once.")
    days: int = strawberry.field(default=7, description="How long they wait at most: from 1 to 30 days.")
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="The patient after the change, or why not.")
class SetResultPreferencesPayload:
    patient: Patient | None = strawberry.field(default=None, description="The patient after the change.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class SetResultPreferences:
    @strawberry.mutation(
        description="Chooses which new results wait until the provider has talked to the patient. For the patient, not for "
        "proxies. What waits already goes on waiting: see `showMyResult`.",
        directives=[auth(Role.PATIENT)],
    )
    async def set_result_preferences(
        self, info: Info, input: Annotated[SetResultPreferencesInput, strawberry.argument(description="The input.")]
    ) -> SetResultPreferencesPayload:
        patient_id = id_of("Patient", input.patient, ["input", "patient"]) or ""
        wish = ResultWish(kinds=input.kinds, days=input.days)
        try:
            patient_id = await set_result_preferences(info.context, patient_id, wish, input.idempotency_key)
        except Rejected as rejection:
            return SetResultPreferencesPayload(errors=shown_errors(rejection))
        patient = existing(await info.context.loaders.patients.load(patient_id))
        return SetResultPreferencesPayload(patient=Patient.from_document(patient), errors=[])
