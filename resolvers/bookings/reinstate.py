"""Taking back a cancellation or a missed visit. Both are ends: the visit is made anew, and names the old one."""

from pymongo.errors import DuplicateKeyError

from models.appointment import Appointment, AppointmentStatus
from resolvers.bookings.claiming import claiming
from resolvers.bookings.existing import must_change, read_visit
from resolvers.bookings.ground import Ground, read_ground
from resolvers.bookings.placing import insert_visit, span_of
from resolvers.bookings.refusals import must_be_free
from resolvers.context import RequestContext
from resolvers.idempotency import Answer
from resolvers.ports import Session
from resolvers.user_errors import Conflict, InvalidInput, Rejected

_ENDED = frozenset({AppointmentStatus.CANCELLED, AppointmentStatus.NO_SHOW})


async def reinstate(context: RequestContext, appointment_id: str, key: str | None) -> str:
    """The id of the new visit: the same time, through the same guard. The old one stays as it ended, with its fee.

    Raises Rejected: NotFound, NOT_YOURS, InvalidInput, SlotUnavailable, Conflict where it was reinstated already.
    """
    await must_change(context, appointment_id)

    async def work(session: Session) -> Answer:
        old = await read_visit(session, appointment_id, None)
        if old.status not in _ENDED or old.start is None or old.visit_type_id is None:
            message = f"A visit that is {old.status} cannot be reinstated: book it anew."
            raise Rejected(InvalidInput(message=message, code="NOT_ENDED", path=["id"]))
        if await Appointment.find({"previous_id": old.id}, session=session).exists():
            raise Rejected(_already())
        ground = await read_ground(context, session, old.provider_id, old.visit_type_id, old.patient_id)
        await must_be_free(context, ground, [old.start])
        visit = _anew(context, old, ground)
        await insert_visit(context, session, visit, ground.side)
        return {"id": visit.id}

    try:
        answer = await claiming(context, "reinstateAppointment", key, {"id": appointment_id}, work)
    except DuplicateKeyError as error:
        raise Rejected(_already()) from error
    return str(answer["id"])


def _already() -> Conflict:
    return Conflict(message="The visit was reinstated already.", path=["id"])


def _anew(context: RequestContext, old: Appointment, ground: Ground) -> Appointment:
    start, instant = span_of(old).start, context.access.instant
    busy = ground.rules.busy(start)
    return Appointment(
        created_at=instant,
        updated_at=instant,
        status=AppointmentStatus.BOOKED,
        start=start,
        end=ground.rules.visit(start).end,
        busy_start=busy.start,
        busy_end=busy.end,
        time_zone=old.time_zone,
        mode=old.mode,
        reason=old.reason,
        patient_id=old.patient_id,
        provider_id=old.provider_id,
        visit_type_id=old.visit_type_id,
        organization_id=old.organization_id,
        series_id=old.series_id,
        confidentiality=old.confidentiality,
        previous_id=old.id,
    )
