"""acceptOffer."""

from typing import Annotated

import strawberry

from resolvers.bookings.waitlist import accept_offer
from resolvers.user_errors import Rejected
from schema.appointment.mutations.payload import shown_visit
from schema.appointment.types import Appointment
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.node import id_of
from schema.rights import FRONT_DESK


@strawberry.input(description="An offer to take.")
class AcceptOfferInput:
    id: strawberry.ID = strawberry.field(description="The visit.")
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="The visit, booked, or why not.")
class AcceptOfferPayload:
    appointment: Appointment | None = strawberry.field(default=None, description="The visit after the change.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class AcceptOffer:
    @strawberry.mutation(
        description="Takes the slot that is offered to a visit on the waiting list: it becomes BOOKED.",
        directives=[auth(*FRONT_DESK)],
    )
    async def accept_offer(
        self, info: Info, input: Annotated[AcceptOfferInput, strawberry.argument(description="The input.")]
    ) -> AcceptOfferPayload:
        appointment_id = id_of("Appointment", input.id, ["input", "id"]) or ""
        try:
            await accept_offer(info.context, appointment_id, input.idempotency_key)
        except Rejected as rejection:
            return AcceptOfferPayload(errors=shown_errors(rejection))
        return AcceptOfferPayload(appointment=await shown_visit(info, appointment_id), errors=[])
