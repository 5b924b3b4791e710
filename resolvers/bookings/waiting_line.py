"""The waiting list: a slot that becomes free is offered to one after the other, and held meanwhile."""

from datetime import datetime, timedelta

from beanie import SortDirection

from models.appointment import Appointment, AppointmentStatus, CancelledBy, ScheduleEventKind, SlotOffer
from resolvers.bookings.ground import read_ground
from resolvers.bookings.placing import update_visit
from resolvers.busy_time import busy_spans, claim, release
from resolvers.context import RequestContext
from resolvers.ports import Session
from resolvers.schedule_events import tell
from resolvers.scheduling.slots import SlotRules
from resolvers.scheduling.span import Span
from resolvers.user_errors import Rejected

HELD_FOR = timedelta(hours=2)
_SHORTEST = timedelta(minutes=10)
"""An offer that could be thought about for less is not made."""
_ASKED = 50
"""So many of those who wait are looked at for one slot."""
_REMEMBERED = 50
"""Starts that were offered and not taken."""


async def offer_freed(context: RequestContext, session: Session, freed: Appointment) -> None:
    """Offers the time of a visit that was moved or called off, in the same transaction: nobody is faster than the list."""
    if freed.start is not None and freed.busy_start is not None:
        await offer_slot(context, session, freed.provider_id, freed.start)


async def offer_slot(context: RequestContext, session: Session, provider_id: str, start: datetime) -> None:
    """Offers a start to the first who waits for such a one, has the time, and was not offered it before."""
    expires_at = _expiry(start, context.access.instant)
    if expires_at is None:
        return
    for waiting in await _line(session, provider_id, start):
        if await _can_take(context, session, waiting, start):
            await _hold(context, session, waiting, start, expires_at)
            return


def _expiry(start: datetime, instant: datetime) -> datetime | None:
    """Half of what is left until the start, so that the next in line can still come; at most ``HELD_FOR``."""
    time_to_think = min(HELD_FOR, (start - instant) / 2)
    if time_to_think < _SHORTEST:
        return None
    return (instant + time_to_think).replace(microsecond=0)


async def _line(session: Session, provider_id: str, start: datetime) -> list[Appointment]:
    waiting = {
        "status": AppointmentStatus.WAITLISTED.value,
        "provider_id": provider_id,
        "visit_type_id": {"$type": "string"},
        "waitlist.offer": None,
        "waitlist.earliest": {"$lte": start},
        "waitlist.latest": {"$gt": start},
        "waitlist.passed": {"$ne": start},
    }
    order = [("created_at", SortDirection.ASCENDING), ("_id", SortDirection.ASCENDING)]
    found: list[Appointment] = await Appointment.find(waiting, session=session).sort(order).limit(_ASKED).to_list()
    return found


async def _can_take(context: RequestContext, session: Session, waiting: Appointment, start: datetime) -> bool:
    rules = await _rules(context, session, waiting)
    if rules is None or not rules.within_hours(start):
        return False
    busy, visit = rules.busy(start), rules.visit(start)
    instant = context.access.instant
    around = busy.padded(timedelta(days=1), timedelta(days=1))
    taken = await busy_spans([waiting.provider_id, waiting.patient_id], around, instant, session=session)
    return not any(span.overlaps(busy) for span in taken.get(waiting.provider_id, [])) and not any(
        span.overlaps(visit) for span in taken.get(waiting.patient_id, [])
    )


async def _rules(context: RequestContext, session: Session, waiting: Appointment) -> SlotRules | None:
    """None for what cannot be booked any more."""
    try:
        ground = await read_ground(context, session, waiting.provider_id, waiting.visit_type_id or "", waiting.patient_id)
    except Rejected:
        return None
    offered = ground.visit_type.active and ground.visit_type.id in ground.provider.visit_type_ids
    return ground.rules if offered else None


async def _hold(context: RequestContext, session: Session, waiting: Appointment, start: datetime, expires_at: datetime) -> None:
    rules = await _rules(context, session, waiting)
    if rules is None or waiting.waitlist is None:
        return
    busy = rules.busy(start)
    offer = SlotOffer(start=start, end=rules.visit(start).end, busy_start=busy.start, busy_end=busy.end, expires_at=expires_at)
    await _tell(context, session, waiting, CancelledBy.SYSTEM)
    await claim(session, waiting.provider_id, busy, waiting.id, context.access.instant, until=expires_at)
    await update_visit(context, session, waiting, waitlist=waiting.waitlist.model_copy(update={"offer": offer}))


async def withdraw(context: RequestContext, session: Session, waiting: Appointment, by: CancelledBy) -> None:
    """Ends an offer that was declined or not taken in time, and makes it to the next in line."""
    request = waiting.waitlist
    if request is None or request.offer is None:
        return
    offer = request.offer
    await _tell(context, session, waiting, by)
    await release(session, waiting.provider_id, [Span(offer.busy_start, offer.busy_end)], waiting.id)
    passed = request.model_copy(update={"offer": None, "passed": [*request.passed, offer.start][-_REMEMBERED:]})
    await update_visit(context, session, waiting, waitlist=passed)
    await offer_slot(context, session, waiting.provider_id, offer.start)


async def _tell(context: RequestContext, session: Session, waiting: Appointment, by: CancelledBy) -> None:
    kind = ScheduleEventKind.STATUS_CHANGED
    await tell(context, session, kind, waiting.provider_id, by=by, appointment=waiting)
