"""bookAppointment."""

from datetime import datetime
from typing import Annotated

import strawberry

from models.visit_type import VisitMode
from resolvers.bookings.book import Booking, book
from resolvers.user_errors import Rejected
from schema.appointment.mutations.patient_of import patient_of
from schema.appointment.mutations.payload import OverrideInput, shown_visits
from schema.appointment.types import Appointment
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.node import id_of
from schema.rights import FRONT_DESK


@strawberry.input(description="A visit to book.")
class BookAppointmentInput:
    patient: strawberry.ID | None = strawberry.field(default=None, description="Who comes; the caller when not given.")
    provider: strawberry.ID = strawberry.field(description="With whom.")
    visit_type: strawberry.ID = strawberry.field(description="For what.")
    start: datetime = strawberry.field(description="When: of a slot, for patients; within opening hours, for the desk.")
    mode: VisitMode | None = strawberry.field(default=None, description="How; the visit type's first when not given.")
    reason: str | None = strawberry.field(default=None, description="Why the patient comes; at most 1000 characters.")
    recurrence: str | None = strawberry.field(
        default=None,
        description="Makes it a series: an RFC 5545 rule with COUNT or UNTIL, such as `FREQ=WEEKLY;COUNT=6`; at most 52 visits. "
        "All at the same time of day in the provider's zone; all are booked, or none.",
    )
    override: OverrideInput | None = strawberry.field(default=None, description="For staff.")
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="What was booked, or why not.")
class BookAppointmentPayload:
    appointment: Appointment | None = strawberry.field(default=None, description="The visit; of a series, the first.")
    appointments: list[Appointment] = strawberry.field(default_factory=list, description="All visits of a series, in order.")
    errors: list[UserError] = strawberry.field(
        description="What went wrong; empty on success. Of a series, one SlotUnavailable for each visit that cannot take place, "
        "with its number in the path."
    )


@strawberry.type
class BookAppointment:
    @strawberry.mutation(
        description="Books a visit, or a series of visits. Nobody is ever in two places at once: of several who want a slot, one "
        "gets it.",
        directives=[auth(*FRONT_DESK)],
    )
    async def book_appointment(
        self, info: Info, input: Annotated[BookAppointmentInput, strawberry.argument(description="The input.")]
    ) -> BookAppointmentPayload:
        try:
            booking = Booking(
                patient_id=patient_of(info, input.patient),
                provider_id=id_of("Provider", input.provider, ["input", "provider"]) or "",
                visit_type_id=id_of("VisitType", input.visit_type, ["input", "visitType"]) or "",
                start=input.start,
                mode=input.mode,
                reason=input.reason,
                recurrence=input.recurrence,
                override=input.override.reason if input.override else None,
            )
            ids = await book(info.context, booking, input.idempotency_key)
        except Rejected as rejection:
            return BookAppointmentPayload(errors=shown_errors(rejection))
        visits = await shown_visits(info, ids)
        return BookAppointmentPayload(appointment=next(iter(visits), None), appointments=visits, errors=[])
