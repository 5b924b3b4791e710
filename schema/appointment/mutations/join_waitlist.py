"""joinWaitlist."""

from datetime import datetime
from typing import Annotated

import strawberry

from models.visit_type import VisitMode
from resolvers.bookings.waitlist import Wish, join_waitlist
from resolvers.user_errors import Rejected
from schema.appointment.mutations.patient_of import patient_of
from schema.appointment.mutations.payload import shown_visit
from schema.appointment.types import Appointment
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.node import id_of
from schema.rights import FRONT_DESK


@strawberry.input(description="What to wait for.")
class JoinWaitlistInput:
    patient: strawberry.ID | None = strawberry.field(default=None, description="Who comes; the caller when not given.")
    provider: strawberry.ID = strawberry.field(description="With whom.")
    visit_type: strawberry.ID = strawberry.field(description="For what.")
    earliest: datetime | None = strawberry.field(default=None, description="A start at or after this; now when not given.")
    latest: datetime | None = strawberry.field(
        default=None, description="A start before this; the booking horizon when not given, at most 366 days."
    )
    mode: VisitMode | None = strawberry.field(default=None, description="How; the visit type's first when not given.")
    reason: str | None = strawberry.field(default=None, description="Why the patient comes; at most 1000 characters.")
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="The visit that waits, or why not.")
class JoinWaitlistPayload:
    appointment: Appointment | None = strawberry.field(default=None, description="WAITLISTED: no start yet.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class JoinWaitlist:
    @strawberry.mutation(
        description="Waits for a slot. One that becomes free is offered to those who wait, in order, and held for each for a "
        "while: see `Appointment.waitlist`.",
        directives=[auth(*FRONT_DESK)],
    )
    async def join_waitlist(
        self, info: Info, input: Annotated[JoinWaitlistInput, strawberry.argument(description="The input.")]
    ) -> JoinWaitlistPayload:
        try:
            wish = Wish(
                patient_id=patient_of(info, input.patient),
                provider_id=id_of("Provider", input.provider, ["input", "provider"]) or "",
                visit_type_id=id_of("VisitType", input.visit_type, ["input", "visitType"]) or "",
                earliest=input.earliest,
                latest=input.latest,
                mode=input.mode,
                reason=input.reason,
            )
            appointment_id = await join_waitlist(info.context, wish, input.idempotency_key)
        except Rejected as rejection:
            return JoinWaitlistPayload(errors=shown_errors(rejection))
        return JoinWaitlistPayload(appointment=await shown_visit(info, appointment_id), errors=[])
