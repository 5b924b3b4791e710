"""The time that the demo's visits take, of providers with their buffers and of patients."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from models.appointment import HOLDS_TIME
from models.busy_day import BusyDay, BusyPeriod, busy_day_id, utc_days
from ohms_graphql.demo.outcomes import Kept


def busy_days(visits: Iterable[Kept], anchor: datetime) -> list[BusyDay]:
    """Notes the provider's time in each visit that holds time, too."""
    taken: dict[tuple[str, date], list[BusyPeriod]] = defaultdict(list)
    for kept in visits:
        appointment, kind = kept.appointment, kept.visit.kind
        start, end = appointment.start, appointment.end
        if appointment.status not in HOLDS_TIME or start is None or end is None:
            continue
        before, after = timedelta(minutes=kind.before), timedelta(minutes=kind.after)
        appointment.busy_start, appointment.busy_end = start - before, end + after
        _take(taken, appointment.provider_id, start - before, end + after, appointment.id)
        _take(taken, appointment.patient_id, start, end, appointment.id)
    return [
        BusyDay(
            created_at=anchor,
            updated_at=anchor,
            id=busy_day_id(owner_id, day),
            owner_id=owner_id,
            day=day,
            periods=sorted(periods, key=lambda period: period.start),
        )
        for (owner_id, day), periods in sorted(taken.items())
    ]


def _take(
    taken: dict[tuple[str, date], list[BusyPeriod]], owner_id: str, start: datetime, end: datetime, appointment_id: str
) -> None:
    for day in utc_days(start, end):
        taken[owner_id, day].append(BusyPeriod(start=start, end=end, appointment_id=appointment_id))
