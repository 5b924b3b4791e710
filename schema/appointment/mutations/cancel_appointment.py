"""cancelAppointment."""

from typing import Annotated

import strawberry

from resolvers.bookings.cancel import Calling, cancel
from resolvers.user_errors import Rejected
from schema.appointment.mutations.payload import shown_visits
from schema.appointment.types import Appointment
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.node import id_of
from schema.rights import FRONT_DESK


@strawberry.input(description="A visit to call off.")
class CancelAppointmentInput:
    id: strawberry.ID = strawberry.field(description="The visit.")
    reason: str | None = strawberry.field(default=None, description="Why; at most 1000 characters.")
    following: bool = strawberry.field(default=False, description="Of a series, the later visits, too.")
    waive_fee: bool = strawberry.field(default=False, description="Asks no fee although it is late; for provider and staff.")
    expected_revision: int | None = strawberry.field(
        default=None, description="The revision that the caller knows; a Conflict when there is a newer one."
    )
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="What was called off, or why not.")
class CancelAppointmentPayload:
    appointment: Appointment | None = strawberry.field(default=None, description="The visit after the change.")
    appointments: list[Appointment] = strawberry.field(
        default_factory=list, description="All that were called off: of a series, the later ones, too."
    )
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class CancelAppointment:
    @strawberry.mutation(
        description="Calls a visit off. It is kept, with who did it, why, how late and the fee that the policy asks. Its time is "
        "offered to those who wait for it, one after the other.",
        directives=[auth(*FRONT_DESK)],
    )
    async def cancel_appointment(
        self, info: Info, input: Annotated[CancelAppointmentInput, strawberry.argument(description="The input.")]
    ) -> CancelAppointmentPayload:
        calling = Calling(
            appointment_id=id_of("Appointment", input.id, ["input", "id"]) or "",
            reason=input.reason,
            following=input.following,
            waive_fee=input.waive_fee,
            expected_revision=input.expected_revision,
        )
        try:
            ids = await cancel(info.context, calling, input.idempotency_key)
        except Rejected as rejection:
            return CancelAppointmentPayload(errors=shown_errors(rejection))
        visits = await shown_visits(info, ids)
        return CancelAppointmentPayload(appointment=next(iter(visits), None), appointments=visits, errors=[])
