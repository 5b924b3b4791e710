"""Taken time, by the day: where the database decides that nobody is in two places at once."""

from datetime import date, datetime, timedelta

from pymongo import ASCENDING, IndexModel

from models.base import StoredDocument
from models.value_object import ValueObject


class BusyPeriod(ValueObject):
    """``[start, end)`` in UTC, of a provider with the buffers of the visit.

    ``expires_at`` is set on what is only held for somebody on the waiting list: after it, the time is free.
    """

    start: datetime
    end: datetime
    appointment_id: str
    expires_at: datetime | None = None


class BusyDay(StoredDocument):
    """What is taken of one UTC day of a provider or patient. A period that reaches over midnight stands in both days, whole.

    Two overlapping periods share a day, so one conditional update of that day's document finds the one that was first. Periods
    that overlap nevertheless were booked by staff on purpose (``Appointment.override``).
    """

    owner_id: str
    day: date
    periods: list[BusyPeriod] = []

    class Settings(StoredDocument.Settings):
        name = "busy_days"
        indexes = [IndexModel([("owner_id", ASCENDING), ("day", ASCENDING)], unique=True, name="owner_and_day_unique")]


def busy_day_id(owner_id: str, day: date) -> str:
    """Providers and patients share no ids (ULIDs)."""
    return f"{owner_id}:{day.isoformat()}"


def utc_days(start: datetime, end: datetime) -> list[date]:
    """The UTC days that ``[start, end)`` touches. Both in UTC."""
    last = (end - timedelta(microseconds=1)).date()
    return [start.date() + timedelta(days=number) for number in range((last - start.date()).days + 1)]
