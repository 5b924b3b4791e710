"""What the changes of one visit answer with."""

import strawberry

from schema.appointment.types import Appointment
from schema.info import Info


@strawberry.input(description="Staff book on purpose what the rules refuse: outside of hours, or over another visit.")
class OverrideInput:
    reason: str = strawberry.field(description="Why; kept with the visit and in the audit trail.")


async def shown_visit(info: Info, appointment_id: str) -> Appointment | None:
    """The visit as the caller sees it after the change; None for one that is no longer theirs to see."""
    found = await info.context.loaders.appointments.load(appointment_id)
    return None if found is None else Appointment.from_document(found)


async def shown_visits(info: Info, ids: list[str]) -> list[Appointment]:
    found = await info.context.loaders.appointments.load_many(ids)
    return [Appointment.from_document(document) for document in found if document is not None]
