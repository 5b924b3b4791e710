"""What slots of one provider are computed from."""

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from models.provider import Availability
from resolvers.scheduling.opening_hours import OpeningHours
from resolvers.scheduling.wall_clock import zone_of


@dataclass(frozen=True, slots=True)
class Timetable:
    """``notice`` and ``horizon`` hold for visit types that have none of their own."""

    zone: ZoneInfo
    hours: OpeningHours
    notice: timedelta
    horizon: timedelta


def timetable_of(time_zone: str, availability: Availability) -> Timetable:
    """Raises ValueError for an unknown zone, which only imported providers can have."""
    zone = zone_of(time_zone)
    return Timetable(
        zone=zone,
        hours=OpeningHours(availability, zone),
        notice=timedelta(minutes=availability.minimum_notice_minutes),
        horizon=timedelta(days=availability.booking_horizon_days),
    )
