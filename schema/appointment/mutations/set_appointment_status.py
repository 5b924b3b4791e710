"""setAppointmentStatus."""

from typing import Annotated

import strawberry

from models.appointment import AppointmentStatus
from models.role import Role
from resolvers.bookings.set_status import StatusChange, set_status
from resolvers.user_errors import Rejected
from schema.appointment.mutations.payload import shown_visit
from schema.appointment.types import Appointment
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.node import id_of


@strawberry.input(description="A visit and where it stands now.")
class SetAppointmentStatusInput:
    id: strawberry.ID = strawberry.field(description="The visit.")
    status: AppointmentStatus = strawberry.field(description="The new status.")
    waive_fee: bool = strawberry.field(default=False, description="Asks no fee of who did not come.")
    expected_revision: int | None = strawberry.field(
        default=None, description="The revision that the caller knows; a Conflict when there is a newer one."
    )
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="The visit in its new status, or why not.")
class SetAppointmentStatusPayload:
    appointment: Appointment | None = strawberry.field(default=None, description="The visit after the change.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class SetAppointmentStatus:
    @strawberry.mutation(
        description="Says where a visit stands: confirmed, arrived, checked in, fulfilled, no-show, entered in "
        "error. To call one off, use `cancelAppointment`.",
        directives=[auth(Role.PROVIDER, Role.STAFF)],
    )
    async def set_appointment_status(
        self, info: Info, input: Annotated[SetAppointmentStatusInput, strawberry.argument(description="The input.")]
    ) -> SetAppointmentStatusPayload:
        appointment_id = id_of("Appointment", input.id, ["input", "id"]) or ""
        try:
            change = StatusChange(
                appointment_id=appointment_id,
                status=input.status,
                waive_fee=input.waive_fee,
                expected_revision=input.expected_revision,
            )
            await set_status(info.context, change, input.idempotency_key)
        except Rejected as rejection:
            return SetAppointmentStatusPayload(errors=shown_errors(rejection))
        return SetAppointmentStatusPayload(appointment=await shown_visit(info, appointment_id), errors=[])
