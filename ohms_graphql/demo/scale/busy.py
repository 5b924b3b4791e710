"""What booking leaves beside an appointment: the taken days of both, and what is told of visits to come."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime

from models.appointment import HOLDS_TIME, AppointmentStatus, CancelledBy, ScheduleEvent, ScheduleEventKind, ScheduleFeed
from models.busy_day import BusyDay, BusyPeriod, busy_day_id, utc_days
from ohms_graphql.demo.scale.ids import Ids
from ohms_graphql.demo.scale.patterns import pattern
from ohms_graphql.demo.scale.visits import Visit
from ohms_graphql.fhir.storage import Raw
from resolvers.encoding import stored_part

_COMING = {AppointmentStatus.BOOKED, AppointmentStatus.PENDING, AppointmentStatus.PROPOSED, AppointmentStatus.CANCELLED}


def busy_days(visits: list[Visit], anchor: datetime) -> Iterator[Raw]:
    """Of providers with the buffers of the visits, and of patients."""
    period = stored_part(BusyDay, BusyPeriod(start=anchor, end=anchor, appointment_id=""))
    whole = pattern(BusyDay(owner_id="", day=anchor.date(), created_at=anchor, updated_at=anchor))
    taken: dict[tuple[str, date], list[Raw]] = defaultdict(list)

    def take(owner_id: str, start: datetime, end: datetime, appointment_id: str) -> None:
        entry = {**period, "start": start, "end": end, "appointment_id": appointment_id}
        for day in utc_days(start, end):
            taken[owner_id, day].append(entry)

    for visit in visits:  # of one provider after the other, each in order of time
        if visit.status in HOLDS_TIME:
            take(visit.doctor.id, *visit.busy, visit.id)
            take(visit.person.id, visit.start, visit.end, visit.id)
    for (owner_id, day), periods in taken.items():
        if len(periods) > 1:
            periods.sort(key=lambda entry: entry["start"])
        yield {
            **whole,
            "_id": busy_day_id(owner_id, day),
            "owner_id": owner_id,
            "day": day.isoformat(),
            "periods": periods,
        }


def events(visits: list[Visit], ids: Ids, anchor: datetime) -> tuple[list[Raw], list[Raw]]:
    """What was told of visits to come, and how long each schedule's list is. What visits of the past told is left out."""
    event = pattern(ScheduleEvent(kind=ScheduleEventKind.BOOKED, at=anchor, provider_id="", sequence=0))
    feed = pattern(ScheduleFeed(created_at=anchor, updated_at=anchor))
    happened: list[tuple[datetime, ScheduleEventKind, Visit]] = []
    for visit in visits:
        if visit.start > anchor and visit.status in _COMING:
            happened.append((visit.booked, ScheduleEventKind.BOOKED, visit))
            if visit.cancelled_at is not None:
                happened.append((visit.cancelled_at, ScheduleEventKind.CANCELLED, visit))
    lengths: Counter[str] = Counter({visit.doctor.id: 0 for visit in visits})
    told = []
    for at, kind, visit in sorted(happened, key=lambda item: (item[0], item[2].id)):
        lengths[visit.doctor.id] += 1
        told.append(
            {
                **event,
                "_id": ids.at(at),
                "created_at": at,
                "updated_at": at,
                "kind": kind.value,
                "at": at,
                "by": CancelledBy.STAFF.value,
                "provider_id": visit.doctor.id,
                "sequence": lengths[visit.doctor.id],
                "appointment_id": visit.id,
                "patient_id": visit.person.id,
                "confidentiality": visit.confidentiality.value,
            }
        )
    return told, [{**feed, "_id": provider_id, "sequence": length} for provider_id, length in lengths.items()]
