"""Waiting for a slot, and taking or declining the one that is offered."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from pymongo.errors import DuplicateKeyError

from models.appointment import Appointment, AppointmentStatus, ScheduleEventKind, SlotOffer, WaitlistRequest
from models.visit_type import VisitMode
from resolvers.bookings.book import check_wish
from resolvers.bookings.claiming import claiming
from resolvers.bookings.existing import must_change, read_visit, side
from resolvers.bookings.ground import Ground, must_act_for, read_ground
from resolvers.bookings.placing import give_time_back, note_treatment, take_time, update_visit
from resolvers.bookings.refusals import must_be_free
from resolvers.bookings.waiting_line import withdraw
from resolvers.context import RequestContext
from resolvers.idempotency import Answer, once
from resolvers.ports import Session
from resolvers.schedule_events import tell
from resolvers.user_errors import Conflict, InvalidInput, Rejected

LONGEST_WAIT = timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A slot that starts within ``[earliest, latest)``: from now on, and until the booking horizon, where they are None."""

    patient_id: str
    provider_id: str
    visit_type_id: str
    earliest: datetime | None = None
    latest: datetime | None = None
    mode: VisitMode | None = None
    reason: str | None = None


async def join_waitlist(context: RequestContext, wish: Wish, key: str | None) -> str:
    """The id of the visit that waits. Raises Rejected: NotFound, InvalidInput, Conflict for who waits for the same already."""
    await must_act_for(context, wish.patient_id, wish.provider_id)

    async def work(session: Session) -> Answer:
        ground = await read_ground(context, session, wish.provider_id, wish.visit_type_id, wish.patient_id)
        check_wish(context, ground, wish.mode, wish.reason)
        visit = _waiting(context, ground, wish)
        kind = ScheduleEventKind.STATUS_CHANGED
        await tell(context, session, kind, visit.provider_id, by=ground.side, appointment=visit)
        await visit.insert(session=session)
        await note_treatment(session, visit)
        context.trail.changed("Appointment", visit.id, visit.patient_id, ["status", "waitlist"])
        return {"id": visit.id}

    try:
        answer = await once(context, "joinWaitlist", key, asdict(wish), work)
    except DuplicateKeyError as error:
        raise Rejected(Conflict(message="The patient waits for such a visit already.", path=["visitType"])) from error
    return str(answer["id"])


async def accept_offer(context: RequestContext, appointment_id: str, key: str | None) -> None:
    """Books what is held for the visit. Raises Rejected: NotFound, NOT_YOURS, OFFER_EXPIRED, SlotUnavailable, Conflict."""
    await must_change(context, appointment_id)

    async def work(session: Session) -> Answer:
        before = await read_visit(session, appointment_id, None)
        offer = _open_offer(context, before)
        ground = await read_ground(context, session, before.provider_id, before.visit_type_id or "", before.patient_id)
        await must_be_free(context, ground, [offer.start], over_rules=True, but=before.id)  # it was offered
        await tell(
            context,
            session,
            ScheduleEventKind.BOOKED,
            before.provider_id,
            by=side(context, before),
            appointment=before,
        )
        await give_time_back(session, before)
        after = await update_visit(
            context,
            session,
            before,
            status=AppointmentStatus.BOOKED,
            start=offer.start,
            end=offer.end,
            busy_start=offer.busy_start,
            busy_end=offer.busy_end,
            waitlist=before.waitlist.model_copy(update={"offer": None}) if before.waitlist else None,
        )
        await take_time(context, session, after)
        return {}

    await claiming(context, "acceptOffer", key, {"id": appointment_id}, work)


async def decline_offer(context: RequestContext, appointment_id: str, key: str | None) -> None:
    """The slot goes to the next in line; the visit goes on waiting for another. Raises Rejected as ``accept_offer`` does."""
    await must_change(context, appointment_id)

    async def work(session: Session) -> Answer:
        before = await read_visit(session, appointment_id, None)
        _open_offer(context, before)
        await withdraw(context, session, before, side(context, before))
        return {}

    await once(context, "declineOffer", key, {"id": appointment_id}, work)


def _open_offer(context: RequestContext, visit: Appointment) -> SlotOffer:
    offer = visit.waitlist.offer if visit.waitlist else None
    if visit.status is not AppointmentStatus.WAITLISTED or offer is None:
        raise Rejected(InvalidInput(message="Nothing is offered to this visit.", code="NO_OFFER", path=["id"]))
    if offer.expires_at <= context.access.instant:
        message = f"The offer ended at {offer.expires_at.isoformat()}."
        raise Rejected(InvalidInput(message=message, code="OFFER_EXPIRED", path=["id"]))
    return offer


def _waiting(context: RequestContext, ground: Ground, wish: Wish) -> Appointment:
    instant = context.access.instant
    earliest = max(wish.earliest or instant, instant)
    latest = wish.latest or max(ground.rules.bookable(instant).end, earliest + timedelta(days=1))
    if latest <= earliest:
        message = f"{latest.isoformat()} is not after {earliest.isoformat()}."
        raise Rejected(InvalidInput(message=message, path=["latest"]))
    if latest > instant + LONGEST_WAIT:
        message = f"{latest.isoformat()} is more than {LONGEST_WAIT.days} days ahead."
        raise Rejected(InvalidInput(message=message, path=["latest"]))
    return Appointment(
        created_at=instant,
        updated_at=instant,
        status=AppointmentStatus.WAITLISTED,
        time_zone=ground.provider.time_zone,
        mode=wish.mode or ground.visit_type.modes[0],
        reason=wish.reason,
        patient_id=ground.patient.id,
        provider_id=ground.provider.id,
        visit_type_id=ground.visit_type.id,
        organization_id=next(iter(ground.provider.organization_ids), None),
        confidentiality=ground.visit_type.confidentiality,
        waitlist=WaitlistRequest(earliest=earliest, latest=latest),
    )
