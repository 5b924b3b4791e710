"""The time of imported visits: taken through the same conditional update as that of a booking (``resolvers.busy_time``)."""

from dataclasses import dataclass

from pymongo import UpdateMany, UpdateOne

from models.appointment import HOLDS_TIME, Appointment
from models.base import now
from models.busy_day import BusyDay, busy_day_id, utc_days
from ohms_graphql.fhir.plan import Also
from resolvers.busy_time import overlapping
from resolvers.scheduling.span import Span


@dataclass(frozen=True, slots=True)
class Claims:
    """``busy`` is None for a visit that takes nobody's time: one that is over, called off, or has none."""

    busy: Span | None
    updates: list[Also]


def claims_of(appointment: Appointment) -> Claims:
    """Gives back what the visit took when it was imported before, and takes its time as it is now.

    Where the time is not free, the day's document does not match and cannot be made a second time: the resource is refused.
    """
    owners = [appointment.provider_id, appointment.patient_id]
    own = {"owner_id": {"$in": owners}, "periods.appointment_id": appointment.id}
    given_back = Also(BusyDay, UpdateMany(own, {"$pull": {"periods": {"appointment_id": appointment.id}}}))
    start, end, instant = appointment.start, appointment.end, now()
    if appointment.status not in HOLDS_TIME or start is None or end is None or not start < end or end <= instant:
        return Claims(None, [given_back])
    span = Span(start, end)
    period = {"start": start, "end": end, "appointment_id": appointment.id, "expires_at": None}
    taken = [
        Also(
            BusyDay,
            UpdateOne(
                {"_id": busy_day_id(owner, day), "periods": {"$not": {"$elemMatch": overlapping(span, instant)}}},
                {
                    "$push": {"periods": period},
                    "$setOnInsert": {"owner_id": owner, "day": day.isoformat(), "revision": 1, "created_at": instant},
                    "$set": {"updated_at": instant},
                },
                upsert=True,
            ),
        )
        for owner in owners
        for day in utc_days(start, end)
    ]
    return Claims(span, [given_back, *taken])
