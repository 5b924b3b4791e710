"""The status of a visit, along its allowed edges."""

from dataclasses import asdict, dataclass
from typing import Any

from models.appointment import HOLDS_TIME, Appointment, AppointmentStatus, ScheduleEventKind
from resolvers.bookings.claiming import claiming
from resolvers.bookings.existing import must_change, read_visit, side, visit_type_of
from resolvers.bookings.ground import read_ground
from resolvers.bookings.placing import give_time_back, note_treatment, take_time, update_visit
from resolvers.bookings.refusals import must_be_free
from resolvers.bookings.waiting_line import offer_freed
from resolvers.context import RequestContext
from resolvers.idempotency import Answer
from resolvers.ports import Session
from resolvers.schedule_events import tell
from resolvers.scheduling.cancelling import no_show_fee
from resolvers.scheduling.statuses import NOT_BEFORE_THE_START, may_follow
from resolvers.user_errors import InvalidInput, Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChange:
    appointment_id: str
    status: AppointmentStatus
    waive_fee: bool = False
    expected_revision: int | None = None


async def set_status(context: RequestContext, change: StatusChange, key: str | None) -> None:
    """Raises Rejected: NotFound, NOT_YOURS, InvalidInput for an edge that is not allowed or too early, SlotUnavailable where a
    proposed visit is confirmed whose time is taken, Conflict, IdempotencyConflict.
    """
    await must_change(context, change.appointment_id)

    async def work(session: Session) -> Answer:
        before = await read_visit(session, change.appointment_id, change.expected_revision)
        _must_follow(context, before, change.status)
        changes: dict[str, Any] = {"status": change.status}
        if change.status is AppointmentStatus.NO_SHOW and (visit_type := await visit_type_of(session, before)):
            changes["no_show_fee"] = no_show_fee(visit_type.cancellation_policy, waived=change.waive_fee)
        takes = change.status in HOLDS_TIME and before.status not in HOLDS_TIME
        if takes:
            changes |= await _time_to_take(context, session, before)
        kind = ScheduleEventKind.STATUS_CHANGED
        await tell(context, session, kind, before.provider_id, by=side(context, before), appointment=before)
        after = await update_visit(context, session, before, **changes)
        if takes:
            await take_time(context, session, after)
            await note_treatment(session, after)
        elif after.status not in HOLDS_TIME:
            await give_time_back(session, before)
            await offer_freed(context, session, before)
        return {}

    await claiming(context, "setAppointmentStatus", key, asdict(change), work)


async def _time_to_take(context: RequestContext, session: Session, before: Appointment) -> dict[str, Any]:
    """A visit that was only proposed becomes one: through the same guard as a booking."""
    if before.start is None or before.visit_type_id is None:
        message = "The visit has no time or no visit type yet: book it."
        raise Rejected(InvalidInput(message=message, code="NO_TIME", path=["id"]))
    ground = await read_ground(context, session, before.provider_id, before.visit_type_id, before.patient_id)
    await must_be_free(context, ground, [before.start], but=before.id)
    busy = ground.rules.busy(before.start)
    return {"busy_start": busy.start, "busy_end": busy.end, "end": ground.rules.visit(before.start).end}


def _must_follow(context: RequestContext, before: Appointment, status: AppointmentStatus) -> None:
    if status is AppointmentStatus.CANCELLED:
        raise Rejected(InvalidInput(message="Use cancelAppointment, which asks why.", code="USE_CANCEL", path=["status"]))
    if not may_follow(status, before.status):
        message = f"{before.status} cannot become {status}."
        raise Rejected(InvalidInput(message=message, code="NOT_ALLOWED", path=["status"]))
    early = before.start is None or context.access.instant < before.start
    if status in NOT_BEFORE_THE_START and early:
        message = f"Not before the visit starts: {status}."
        raise Rejected(InvalidInput(message=message, code="TOO_EARLY", path=["status"]))
