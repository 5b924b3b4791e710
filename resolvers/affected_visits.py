"""Coming visits that lie outside of opening hours after these have changed. They stay booked: somebody has to look at them."""

from models.appointment import HOLDS_TIME, Appointment, AppointmentStatus
from models.provider import Provider
from resolvers.context import RequestContext
from resolvers.ports import Session
from resolvers.rows import ONE_BATCH
from resolvers.scheduling.span import Span
from resolvers.scheduling.timetable import timetable_of

MOST = 200
_COMING = [status.value for status in HOLDS_TIME - {AppointmentStatus.FULFILLED}]
_SHOWN = {"start": 1, "end": 1, "visit_type_id": 1}


async def affected_visits(context: RequestContext, session: Session, provider: Provider) -> list[str]:
    """Ids, the soonest first, at most ``MOST``. What staff have put outside of hours on purpose is not among them."""
    hours = timetable_of(provider.time_zone, provider.availability).hours
    coming = {
        "provider_id": provider.id,
        "start": {"$gte": context.access.instant},
        "status": {"$in": _COMING},
        "override": None,
    }
    rows = Appointment.get_pymongo_collection().find(coming, _SHOWN, batch_size=ONE_BATCH, session=session)
    found: list[str] = []
    async for row in rows.sort([("start", 1), ("_id", 1)]):
        if row.get("end") is None or hours.covers(Span(row["start"], row["end"]), row.get("visit_type_id")):
            continue
        found.append(row["_id"])
        if len(found) == MOST:
            break
    return found
