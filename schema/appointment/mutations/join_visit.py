"""joinVisit."""

from typing import Annotated

import strawberry

from resolvers.user_errors import Rejected
from resolvers.video.entering import join_visit
from schema.appointment.visit import TelehealthVisit, VisitRoom
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.node import id_of
from schema.rights import CARE


@strawberry.input(description="A video visit to come into.")
class JoinVisitInput:
    appointment: strawberry.ID = strawberry.field(description="The appointment.")
    idempotency_key: str | None = strawberry.field(
        default=None, description="The same key and input make one entry; the token is a new one each time."
    )


@strawberry.type(description="The way in, or why there is none.")
class JoinVisitPayload:
    room: VisitRoom | None = strawberry.field(default=None, description="Where to connect.")
    visit: TelehealthVisit | None = strawberry.field(default=None, description="The visit, with the caller in it.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class JoinVisit:
    @strawberry.mutation(
        description="Comes into a video visit: the patient, a proxy for APPOINTMENTS (not where it is confidential) and the "
        "visit's own provider, from 15 minutes before the start until an hour after the end. The entry is recorded. Follow "
        "`visitChanged` or `signals` while you are there: when the last of them ends, that is the exit. Who does not follow is "
        "out after two minutes, unless they join again.",
        directives=[auth(*CARE)],
    )
    async def join_visit(
        self, info: Info, input: Annotated[JoinVisitInput, strawberry.argument(description="The input.")]
    ) -> JoinVisitPayload:
        appointment_id = id_of("Appointment", input.appointment, ["input", "appointment"]) or ""
        try:
            joined = await join_visit(info.context, appointment_id, input.idempotency_key)
        except Rejected as rejection:
            return JoinVisitPayload(errors=shown_errors(rejection))
        visit = TelehealthVisit.of(joined.visit, info.context.access.instant)
        return JoinVisitPayload(room=VisitRoom.of(joined.room), visit=visit, errors=[])
