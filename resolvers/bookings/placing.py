"""Putting a visit into the schedules of provider and patient: the end of every road that makes one active."""

from typing import Any

from models.appointment import Appointment, CancelledBy, ScheduleEventKind
from models.patient import Patient
from resolvers.busy_time import claim, release
from resolvers.context import RequestContext
from resolvers.encoding import stored_changes
from resolvers.ports import Session
from resolvers.schedule_events import tell
from resolvers.scheduling.span import Span
from resolvers.user_errors import Conflict, Rejected

_OURS = {"id", "busy_start", "busy_end"}

ATTEMPTS = 5
"""A claim that fails although nothing is found in the way met somebody who has left since, and is made again so often."""


async def take_time(context: RequestContext, session: Session, appointment: Appointment, *, over_others: bool = False) -> None:
    """Claims the visit's time of provider and patient. Raises Taken."""
    instant = context.access.instant
    visit, busy = span_of(appointment), busy_of(appointment)
    await claim(session, appointment.provider_id, busy, appointment.id, instant, over_others=over_others)
    await claim(session, appointment.patient_id, visit, appointment.id, instant, over_others=over_others)


async def give_time_back(session: Session, appointment: Appointment) -> None:
    """What it took, and what was held for it from the waiting list."""
    await release(session, appointment.provider_id, spans_held(appointment), appointment.id)
    await release(session, appointment.patient_id, spans_held(appointment), appointment.id)


def spans_held(appointment: Appointment) -> list[Span]:
    spans = []
    if appointment.start is not None and appointment.end is not None:
        spans.append(busy_of(appointment))
    if appointment.waitlist is not None and appointment.waitlist.offer is not None:
        offer = appointment.waitlist.offer
        spans.append(Span(offer.busy_start, offer.busy_end))
    return spans


async def insert_visit(
    context: RequestContext, session: Session, appointment: Appointment, by: CancelledBy, *, over_others: bool = False
) -> None:
    """Claims the time, stores the visit and tells of it. Raises Taken."""
    # The schedule first: two bookings of one provider then wait for nothing else of each other.
    await tell(context, session, ScheduleEventKind.BOOKED, appointment.provider_id, by=by, appointment=appointment)
    await take_time(context, session, appointment, over_others=over_others)
    await appointment.insert(session=session)
    await note_treatment(session, appointment)
    fields = sorted(name for name in appointment.model_fields_set - _OURS if getattr(appointment, name) is not None)
    context.trail.changed("Appointment", appointment.id, appointment.patient_id, fields)


async def update_visit(context: RequestContext, session: Session, before: Appointment, **changes: Any) -> Appointment:
    """The visit after ``changes``, one revision later. Raises Rejected with a Conflict where it changed since it was read."""
    instant, revision = context.access.instant, before.revision + 1
    stored = stored_changes(Appointment, changes)
    updated = await Appointment.get_pymongo_collection().update_one(
        {"_id": before.id, "revision": before.revision},
        {"$set": {**stored, "revision": revision, "updated_at": instant}},
        session=session,
    )
    if updated.matched_count == 0:
        raise Rejected(Conflict(message="Somebody else changed the visit just now: look at it again.", path=["id"]))
    context.trail.changed("Appointment", before.id, before.patient_id, list(changes))
    after: Appointment = before.model_copy(update={**changes, "revision": revision, "updated_at": instant})
    return after


async def note_treatment(session: Session, appointment: Appointment) -> None:
    """Who has a visit with a provider is under that provider's care (RULES: Who may see)."""
    await Patient.get_pymongo_collection().update_one(
        {"_id": appointment.patient_id, "treated_by": {"$ne": appointment.provider_id}},
        {"$addToSet": {"treated_by": appointment.provider_id}},
        session=session,
    )


def span_of(appointment: Appointment) -> Span:
    """``[start, end)`` of a visit that has a time."""
    if appointment.start is None or appointment.end is None:
        raise ValueError("The visit has no time yet.")
    return Span(appointment.start, appointment.end)


def busy_of(appointment: Appointment) -> Span:
    """The provider's time for it; imported visits have no buffers."""
    visit = span_of(appointment)
    return Span(appointment.busy_start or visit.start, appointment.busy_end or visit.end)
