"""leaveVisit."""

from typing import Annotated

import strawberry

from resolvers.user_errors import Rejected
from resolvers.video.entering import leave_visit
from schema.appointment.visit import TelehealthVisit
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.node import id_of
from schema.rights import CARE


@strawberry.input(description="A video visit to leave.")
class LeaveVisitInput:
    appointment: strawberry.ID = strawberry.field(description="The appointment.")
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="The visit without the caller, or why not.")
class LeaveVisitPayload:
    visit: TelehealthVisit | None = strawberry.field(default=None, description="The visit after the exit.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class LeaveVisit:
    @strawberry.mutation(
        description="Leaves a video visit: the exit is recorded. Changes nothing for who is not in it.", directives=[auth(*CARE)]
    )
    async def leave_visit(
        self, info: Info, input: Annotated[LeaveVisitInput, strawberry.argument(description="The input.")]
    ) -> LeaveVisitPayload:
        appointment_id = id_of("Appointment", input.appointment, ["input", "appointment"]) or ""
        try:
            visit = await leave_visit(info.context, appointment_id, input.idempotency_key)
        except Rejected as rejection:
            return LeaveVisitPayload(errors=shown_errors(rejection))
        return LeaveVisitPayload(visit=TelehealthVisit.of(visit, info.context.access.instant), errors=[])
