"""reinstateAppointment."""

from typing import Annotated

import strawberry

from models.role import Role
from resolvers.bookings.reinstate import reinstate
from resolvers.user_errors import Rejected
from schema.appointment.mutations.payload import shown_visit
from schema.appointment.types import Appointment
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.node import id_of


@strawberry.input(description="A visit that was called off or missed.")
class ReinstateAppointmentInput:
    id: strawberry.ID = strawberry.field(description="The visit.")
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="The visit made anew, or why not.")
class ReinstateAppointmentPayload:
    appointment: Appointment | None = strawberry.field(default=None, description="The new visit; `previous` is the old one.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class ReinstateAppointment:
    @strawberry.mutation(
        description="Takes back a cancellation or a no-show: books the same time anew, if it is still free. The old visit stays "
        "as it ended; each is reinstated once.",
        directives=[auth(Role.PROVIDER, Role.STAFF)],
    )
    async def reinstate_appointment(
        self, info: Info, input: Annotated[ReinstateAppointmentInput, strawberry.argument(description="The input.")]
    ) -> ReinstateAppointmentPayload:
        appointment_id = id_of("Appointment", input.id, ["input", "id"]) or ""
        try:
            new_id = await reinstate(info.context, appointment_id, input.idempotency_key)
        except Rejected as rejection:
            return ReinstateAppointmentPayload(errors=shown_errors(rejection))
        return ReinstateAppointmentPayload(appointment=await shown_visit(info, new_id), errors=[])
