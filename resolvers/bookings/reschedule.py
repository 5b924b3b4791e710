"""Moving a visit: one atomic step that keeps its identity and raises its revision."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from models.appointment import Appointment, CancelledBy, Override, ScheduleEventKind
from models.visit_type import VisitType
from resolvers.bookings.book import override_errors
from resolvers.bookings.claiming import claiming
from resolvers.bookings.existing import must_change, read_visit, side
from resolvers.bookings.ground import read_ground
from resolvers.bookings.placing import give_time_back, span_of, take_time, update_visit
from resolvers.bookings.refusals import must_be_free
from resolvers.bookings.waiting_line import offer_freed
from resolvers.context import RequestContext
from resolvers.idempotency import Answer
from resolvers.ports import Session
from resolvers.schedule_events import tell
from resolvers.scheduling.statuses import MOVABLE
from resolvers.user_errors import InvalidInput, Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """``expected_revision`` is the one that the caller knows; None moves whatever is there."""

    appointment_id: str
    start: datetime
    override: str | None = None
    expected_revision: int | None = None


async def reschedule(context: RequestContext, move: Move, key: str | None) -> None:
    """Raises Rejected: NotFound, NOT_YOURS, InvalidInput, SlotUnavailable, Conflict, IdempotencyConflict."""
    await must_change(context, move.appointment_id)

    async def work(session: Session) -> Answer:
        before = await read_visit(session, move.appointment_id, move.expected_revision)
        _must_be_movable(context, before, move)
        if before.visit_type_id is None:
            message = "An imported visit has no visit type: cancel it, and book it anew."
            raise Rejected(InvalidInput(message=message, code="NO_VISIT_TYPE", path=["id"]))
        ground = await read_ground(context, session, before.provider_id, before.visit_type_id, before.patient_id)
        _must_be_in_time(context, before, ground.visit_type)
        over_others = move.override is not None
        await must_be_free(context, ground, [move.start], over_rules=over_others, over_others=over_others, but=before.id)
        previous, busy = span_of(before), ground.rules.busy(move.start)
        override = None
        if move.override is not None and context.principal.account_id is not None:
            override = Override(account_id=context.principal.account_id, reason=move.override.strip(), at=context.access.instant)
        await tell(
            context,
            session,
            ScheduleEventKind.RESCHEDULED,
            before.provider_id,
            by=side(context, before),
            appointment=before,
            previous=previous,
        )
        await give_time_back(session, before)
        after = await update_visit(
            context,
            session,
            before,
            start=move.start,
            end=ground.rules.visit(move.start).end,
            busy_start=busy.start,
            busy_end=busy.end,
            override=override,
        )
        await take_time(context, session, after, over_others=over_others)
        await offer_freed(context, session, before)
        return {}

    await claiming(context, "rescheduleAppointment", key, asdict(move), work)


def _must_be_movable(context: RequestContext, before: Appointment, move: Move) -> None:
    if before.status not in MOVABLE or before.start is None:
        message = f"A visit that is {before.status} cannot be moved."
        raise Rejected(InvalidInput(message=message, code="NOT_MOVABLE", path=["id"]))
    if move.start == before.start:
        raise Rejected(InvalidInput(message="The visit is at this time already.", code="UNCHANGED", path=["start"]))
    if move.override is not None and (errors := override_errors(context, move.override)):
        raise Rejected(*errors)


def _must_be_in_time(context: RequestContext, before: Appointment, visit_type: VisitType) -> None:
    """Patients who are too late to cancel without a fee are too late to move, or nobody would ever pay one."""
    notice = timedelta(minutes=visit_type.cancellation_policy.notice_minutes)
    latest = span_of(before).start - notice
    if side(context, before) is CancelledBy.PATIENT and context.access.instant > latest:
        message = f"Visits of this type can be moved until {latest.isoformat()}: call the desk."
        raise Rejected(InvalidInput(message=message, code="TOO_LATE", path=["id"]))
