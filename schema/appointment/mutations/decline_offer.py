"""declineOffer."""

from typing import Annotated

import strawberry

from resolvers.bookings.waitlist import decline_offer
from resolvers.user_errors import Rejected
from schema.appointment.mutations.payload import shown_visit
from schema.appointment.types import Appointment
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.node import id_of
from schema.rights import FRONT_DESK


@strawberry.input(description="An offer to decline.")
class DeclineOfferInput:
    id: strawberry.ID = strawberry.field(description="The visit.")
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="The visit, which goes on waiting, or why not.")
class DeclineOfferPayload:
    appointment: Appointment | None = strawberry.field(default=None, description="The visit after the change.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class DeclineOffer:
    @strawberry.mutation(
        description="Declines the slot that is offered to a visit on the waiting list: it goes to the next in line.",
        directives=[auth(*FRONT_DESK)],
    )
    async def decline_offer(
        self, info: Info, input: Annotated[DeclineOfferInput, strawberry.argument(description="The input.")]
    ) -> DeclineOfferPayload:
        appointment_id = id_of("Appointment", input.id, ["input", "id"]) or ""
        try:
            await decline_offer(info.context, appointment_id, input.idempotency_key)
        except Rejected as rejection:
            return DeclineOfferPayload(errors=shown_errors(rejection))
        return DeclineOfferPayload(appointment=await shown_visit(info, appointment_id), errors=[])
