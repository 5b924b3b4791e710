"""revokeProxy."""

from typing import Annotated

import strawberry

from models.role import Role
from resolvers.proxies import revoke_proxy
from resolvers.user_errors import Rejected
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.node import id_of
from schema.patient.types import Patient


@strawberry.input(description="A right to end.")
class RevokeProxyInput:
    patient: strawberry.ID = strawberry.field(description="Whose proxy.")
    proxy: strawberry.ID = strawberry.field(description="The proxy's id, as in `Patient.proxies`.")
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="The patient after the change, or why not.")
class RevokeProxyPayload:
    patient: Patient | None = strawberry.field(
        default=None, description="The patient; null for a proxy who gave the right back and no longer sees the patient."
    )
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class RevokeProxy:
    @strawberry.mutation(
        description="Ends a proxy's right at once: by the patient, once of age, by staff, or by the proxy who gives it back.",
        directives=[auth(Role.PATIENT, Role.STAFF)],
    )
    async def revoke_proxy(
        self, info: Info, input: Annotated[RevokeProxyInput, strawberry.argument(description="The input.")]
    ) -> RevokeProxyPayload:
        patient_id = id_of("Patient", input.patient, ["input", "patient"]) or ""
        try:
            patient = await revoke_proxy(info.context, patient_id, input.proxy, input.idempotency_key)
        except Rejected as rejection:
            return RevokeProxyPayload(errors=shown_errors(rejection))
        return RevokeProxyPayload(patient=None if patient is None else Patient.from_document(patient), errors=[])
