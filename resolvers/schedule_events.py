"""Events of a schedule: written in the transaction of the change that they tell of, numbered by provider."""

from typing import Any

from pymongo import ReturnDocument

from models.appointment import Appointment, CancelledBy, ScheduleEvent, ScheduleEventKind, ScheduleFeed
from models.confidentiality import Confidentiality
from resolvers.context import RequestContext
from resolvers.ports import Session
from resolvers.scheduling.span import Span


async def tell(
    context: RequestContext,
    session: Session,
    kind: ScheduleEventKind,
    provider_id: str,
    *,
    by: CancelledBy | None,
    appointment: Appointment | None = None,
    previous: Span | None = None,
) -> ScheduleEvent:
    """Adds an event to a provider's schedule. ``previous`` is where a visit was that moved.

    Raising the count makes changes of one schedule exclude each other: of two transactions that ran side by side, the second
    conflicts and is run again, on what the first one left.
    """
    sequence = await lock_schedule(context, session, provider_id)
    event = ScheduleEvent(
        kind=kind,
        at=context.access.instant,
        by=by,
        provider_id=provider_id,
        sequence=sequence,
        appointment_id=appointment.id if appointment else None,
        patient_id=appointment.patient_id if appointment else None,
        previous_start=previous.start if previous else None,
        previous_end=previous.end if previous else None,
        confidentiality=appointment.confidentiality if appointment else Confidentiality.NORMAL,
    )
    await event.insert(session=session)
    return event


async def lock_schedule(context: RequestContext, session: Session, provider_id: str) -> int:
    """Raises the provider's count of events, for one event that is added in the same transaction. Its number."""
    instant = context.access.instant
    feed: Any = await ScheduleFeed.get_pymongo_collection().find_one_and_update(
        {"_id": provider_id},
        {"$inc": {"sequence": 1}, "$set": {"updated_at": instant}, "$setOnInsert": {"revision": 1, "created_at": instant}},
        upsert=True,
        return_document=ReturnDocument.AFTER,
        session=session,
    )
    return int(feed["sequence"])
