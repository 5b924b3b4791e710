"""Calling a visit off: nothing is deleted; who, why, how late and at what fee are kept."""

from dataclasses import asdict, dataclass

from models.appointment import Appointment, AppointmentStatus, CancelledBy, ScheduleEventKind
from models.visit_type import CancellationPolicy
from resolvers.bookings.book import reason_errors
from resolvers.bookings.existing import must_change, read_visit, side, visit_type_of
from resolvers.bookings.placing import give_time_back, update_visit
from resolvers.bookings.waiting_line import offer_freed
from resolvers.context import RequestContext
from resolvers.idempotency import Answer, once
from resolvers.ports import Session
from resolvers.schedule_events import tell
from resolvers.scheduling.cancelling import cancellation
from resolvers.scheduling.statuses import may_be_cancelled
from resolvers.user_errors import InvalidInput, Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Calling:
    """``following``: of a series, the later visits, too. ``waive_fee`` is for provider and staff."""

    appointment_id: str
    reason: str | None = None
    following: bool = False
    waive_fee: bool = False
    expected_revision: int | None = None


async def cancel(context: RequestContext, calling: Calling, key: str | None) -> list[str]:
    """The ids of the visits that were called off: that one, and later ones of its series where asked for.

    Raises Rejected: NotFound, NOT_YOURS, InvalidInput for what has ended or begun, Conflict, IdempotencyConflict.
    """
    await must_change(context, calling.appointment_id)

    async def work(session: Session) -> Answer:
        errors = reason_errors(calling.reason, ["reason"])
        if errors:
            raise Rejected(*errors)
        first = await read_visit(session, calling.appointment_id, calling.expected_revision)
        _must_be_open(context, first)
        visits = [first, *(await _following(session, first) if calling.following else [])]
        for visit in visits:
            await _call_off(context, session, visit, calling)
        for visit in visits:
            await offer_freed(context, session, visit)
        return {"ids": [visit.id for visit in visits]}

    answer = await once(context, "cancelAppointment", key, asdict(calling), work)
    return list(answer["ids"])


def _must_be_open(context: RequestContext, visit: Appointment) -> None:
    if not may_be_cancelled(visit.status):
        message = f"A visit that is {visit.status} cannot be cancelled."
        raise Rejected(InvalidInput(message=message, code="ENDED", path=["id"]))
    begun = visit.start is not None and visit.start <= context.access.instant
    if begun and side(context, visit) is CancelledBy.PATIENT:
        raise Rejected(InvalidInput(message="The visit has begun: call the desk.", code="TOO_LATE", path=["id"]))


async def _following(session: Session, first: Appointment) -> list[Appointment]:
    if first.series_id is None or first.start is None:
        return []
    later = {"series_id": first.series_id, "start": {"$gt": first.start}}
    found = await Appointment.find(later, session=session).sort("start").to_list()
    return [visit for visit in found if may_be_cancelled(visit.status) and visit.patient_id == first.patient_id]


async def _call_off(context: RequestContext, session: Session, visit: Appointment, calling: Calling) -> None:
    by, instant = side(context, visit), context.access.instant
    visit_type = await visit_type_of(session, visit)
    policy = visit_type.cancellation_policy if visit_type else CancellationPolicy()
    called = cancellation(policy, visit.start, instant, by, calling.reason, waived=calling.waive_fee)
    if calling.waive_fee and by is CancelledBy.PATIENT:
        raise Rejected(InvalidInput(message="Only provider and staff waive a fee.", code="STAFF_ONLY", path=["waiveFee"]))
    await tell(context, session, ScheduleEventKind.CANCELLED, visit.provider_id, by=by, appointment=visit)
    await give_time_back(session, visit)
    changes = {"status": AppointmentStatus.CANCELLED, "cancellation": called}
    if visit.waitlist is not None:
        changes["waitlist"] = visit.waitlist.model_copy(update={"offer": None})
    await update_visit(context, session, visit, **changes)
