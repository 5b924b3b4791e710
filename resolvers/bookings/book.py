"""Booking a visit, or a series of them: all or nothing."""

from dataclasses import asdict, dataclass
from datetime import datetime

from models.appointment import Appointment, AppointmentStatus, Override
from models.confidentiality import Confidentiality
from models.identity import new_id
from models.role import Role
from models.visit_type import VisitMode
from resolvers.bookings.claiming import claiming
from resolvers.bookings.ground import Ground, is_proxy_for, must_act_for, read_ground
from resolvers.bookings.placing import insert_visit
from resolvers.bookings.refusals import must_be_free
from resolvers.context import RequestContext
from resolvers.idempotency import Answer
from resolvers.ports import Session
from resolvers.scheduling.recurrence import BadRule, occurrences
from resolvers.user_errors import InvalidInput, Rejected, UserError

MAX_REASON = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """``start`` in UTC; ``recurrence`` an RFC 5545 rule; ``override`` the reason why staff book over what the rules refuse."""

    patient_id: str
    provider_id: str
    visit_type_id: str
    start: datetime
    mode: VisitMode | None = None
    reason: str | None = None
    recurrence: str | None = None
    override: str | None = None


async def book(context: RequestContext, booking: Booking, key: str | None) -> list[str]:
    """The ids of the visits that were booked, in order.

    Raises Rejected: NotFound for what is not there, InvalidInput, SlotUnavailable for each visit that cannot take place (then
    none is booked), IdempotencyConflict.
    """
    await must_act_for(context, booking.patient_id, booking.provider_id)

    async def work(session: Session) -> Answer:
        ground = await read_ground(context, session, booking.provider_id, booking.visit_type_id, booking.patient_id)
        check_wish(context, ground, booking.mode, booking.reason, booking.override)
        starts = _starts(ground, booking)
        over = booking.override is not None
        await must_be_free(context, ground, starts, over_rules=over, over_others=over)
        series_id = new_id() if booking.recurrence is not None else None
        visits = [_visit(context, ground, booking, start, series_id) for start in starts]
        for visit in visits:
            await insert_visit(context, session, visit, ground.side, over_others=over)
        return {"ids": [visit.id for visit in visits]}

    answer = await claiming(context, "bookAppointment", key, asdict(booking), work)
    return list(answer["ids"])


def check_wish(
    context: RequestContext, ground: Ground, mode: VisitMode | None, reason: str | None, override: str | None = None
) -> None:
    """Raises Rejected with everything that is wrong with what is wished for, whenever it is."""
    visit_type, errors = ground.visit_type, list[UserError]()
    if not visit_type.active or visit_type.id not in ground.provider.visit_type_ids:
        errors.append(InvalidInput(message="The provider does not offer this visit type.", path=["visitType"]))
    if mode is not None and mode not in visit_type.modes:
        offered = ", ".join(visit_type.modes)
        errors.append(InvalidInput(message=f"{mode} is not offered; {offered} is.", path=["mode"]))
    errors += reason_errors(reason, ["reason"])
    if override is not None:
        errors += override_errors(context, override)
    if ground.by_patient:
        errors += _closed_to(context, ground)
    if errors:
        raise Rejected(*errors)


def reason_errors(reason: str | None, path: list[str]) -> list[UserError]:
    length = len(reason or "")
    if length <= MAX_REASON:
        return []
    return [InvalidInput(message=f"Has {length} characters; at most {MAX_REASON} fit.", path=path)]


def override_errors(context: RequestContext, reason: str) -> list[UserError]:
    """Overriding is for staff, on purpose, and says why."""
    if Role.STAFF not in context.principal.roles:
        return [InvalidInput(message="Only staff may override.", code="STAFF_ONLY", path=["override"])]
    if not reason.strip():
        return [InvalidInput(message="Say why.", path=["override", "reason"])]
    return reason_errors(reason, ["override", "reason"])


def _closed_to(context: RequestContext, ground: Ground) -> list[UserError]:
    """What patients and proxies may not book."""
    errors: list[UserError] = []
    patient, provider = ground.patient, ground.provider
    known = provider.id in patient.treated_by or any(member.provider_id == provider.id for member in patient.care_team)
    if not provider.accepting_new_patients and not known:
        errors.append(InvalidInput(message="The provider takes no new patients.", code="NO_NEW_PATIENTS", path=["provider"]))
    if is_proxy_for(context, patient.id) and ground.visit_type.confidentiality is not Confidentiality.NORMAL:
        message = "Confidential visits are booked by the patient, or at the desk."
        errors.append(InvalidInput(message=message, code="CONFIDENTIAL", path=["visitType"]))
    return errors


def _starts(ground: Ground, booking: Booking) -> list[datetime]:
    if booking.recurrence is None:
        return [booking.start]
    try:
        return occurrences(booking.recurrence, booking.start, ground.rules.zone)
    except BadRule as error:
        raise Rejected(InvalidInput(message=str(error), path=["recurrence"])) from error


def _visit(context: RequestContext, ground: Ground, booking: Booking, start: datetime, series_id: str | None) -> Appointment:
    instant, busy = context.access.instant, ground.rules.busy(start)
    override = None
    if booking.override is not None and context.principal.account_id is not None:
        override = Override(account_id=context.principal.account_id, reason=booking.override.strip(), at=instant)
    return Appointment(
        created_at=instant,
        updated_at=instant,
        status=AppointmentStatus.BOOKED,
        start=start,
        end=ground.rules.visit(start).end,
        busy_start=busy.start,
        busy_end=busy.end,
        time_zone=ground.provider.time_zone,
        mode=booking.mode or ground.visit_type.modes[0],
        reason=booking.reason,
        patient_id=ground.patient.id,
        provider_id=ground.provider.id,
        visit_type_id=ground.visit_type.id,
        organization_id=next(iter(ground.provider.organization_ids), None),
        series_id=series_id,
        confidentiality=ground.visit_type.confidentiality,
        override=override,
    )
