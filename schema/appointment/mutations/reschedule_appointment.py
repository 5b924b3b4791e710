"""rescheduleAppointment."""

from datetime import datetime
from typing import Annotated

import strawberry

from resolvers.bookings.reschedule import Move, reschedule
from resolvers.user_errors import Rejected
from schema.appointment.mutations.payload import OverrideInput, shown_visit
from schema.appointment.types import Appointment
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.node import id_of
from schema.rights import FRONT_DESK


@strawberry.input(description="A visit and its new time.")
class RescheduleAppointmentInput:
    id: strawberry.ID = strawberry.field(description="The visit.")
    start: datetime = strawberry.field(description="The new start.")
    override: OverrideInput | None = strawberry.field(default=None, description="For staff.")
    expected_revision: int | None = strawberry.field(
        default=None, description="The revision that the caller knows; a Conflict when there is a newer one."
    )
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="The visit at its new time, or why not.")
class RescheduleAppointmentPayload:
    appointment: Appointment | None = strawberry.field(default=None, description="The visit after the change.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class RescheduleAppointment:
    @strawberry.mutation(
        description="Moves a visit to another time, in one step: it keeps its id, and its revision rises. "
        "Another visit type is a new booking.",
        directives=[auth(*FRONT_DESK)],
    )
    async def reschedule_appointment(
        self, info: Info, input: Annotated[RescheduleAppointmentInput, strawberry.argument(description="The input.")]
    ) -> RescheduleAppointmentPayload:
        appointment_id = id_of("Appointment", input.id, ["input", "id"]) or ""
        try:
            move = Move(
                appointment_id=appointment_id,
                start=input.start,
                override=input.override.reason if input.override else None,
                expected_revision=input.expected_revision,
            )
            await reschedule(info.context, move, input.idempotency_key)
        except Rejected as rejection:
            return RescheduleAppointmentPayload(errors=shown_errors(rejection))
        return RescheduleAppointmentPayload(appointment=await shown_visit(info, appointment_id), errors=[])
