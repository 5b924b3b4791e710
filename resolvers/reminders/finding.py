"""Which reminders are due. Reads only; the number of commands grows with the visits looked through, five hundred at a time.

Two passes: all visits of the next day and a half, for the usual reminders; and those further ahead of the few patients who want
to be told earlier.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from models.appointment import Appointment, AppointmentStatus
from models.patient import Patient
from models.reminder import USUAL_MINUTES, Reminder, ReminderPreferences
from resolvers.reminders.preferences import LONGEST_MINUTES
from resolvers.scheduling.reminder_times import LONGEST_SHIFT, due_reminder
from resolvers.scheduling.wall_clock import zone_of

REMINDED = frozenset({AppointmentStatus.BOOKED, AppointmentStatus.PENDING})

_AT_ONCE = 500
_NEAR = timedelta(minutes=max(USUAL_MINUTES)) + LONGEST_SHIFT
_FAR = timedelta(minutes=LONGEST_MINUTES) + LONGEST_SHIFT
_SHOWN = {"start": 1, "patient_id": 1, "time_zone": 1, "created_at": 1}

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class DueReminder:
    """``zone`` is the one that the patient is told the time in."""

    appointment_id: str
    patient_id: str
    start: datetime
    minutes_before: int
    zone: ZoneInfo

    @property
    def id(self) -> str:
        return f"{self.appointment_id}:{self.start:%Y%m%dT%H%MZ}:{self.minutes_before}"


async def due_reminders(instant: datetime) -> AsyncGenerator[list[DueReminder], None]:
    """What is due and neither done nor in somebody's hands, some at a time."""
    async for visits in _near(instant):
        yield await _open(_due(instant, visits, await _patients(visits)), instant)
    async for patients in _early_birds():
        async for visits in _far(instant, patients):
            yield await _open(_due(instant, visits, patients), instant)


async def _near(instant: datetime) -> AsyncIterator[list[Row]]:
    within = {"status": {"$in": _statuses()}, "start": {"$gt": instant, "$lte": instant + _NEAR}}
    async for visits in _batches(Appointment, within, _SHOWN):
        yield visits


async def _early_birds() -> AsyncIterator[dict[str, Row]]:
    within = {"reminder_preferences.minutes_before": {"$gt": max(USUAL_MINUTES)}}
    async for patients in _batches(Patient, within, {"reminder_preferences": 1, "deceased_at": 1}):
        yield {patient["_id"]: patient for patient in patients}


async def _far(instant: datetime, patients: Mapping[str, Row]) -> AsyncIterator[list[Row]]:
    span = {"$gt": instant + _NEAR, "$lte": instant + _FAR}
    within = {"patient_id": {"$in": sorted(patients)}, "start": span, "status": {"$in": _statuses()}}
    async for visits in _batches(Appointment, within, _SHOWN):
        yield visits


async def _patients(visits: Sequence[Row]) -> dict[str, Row]:
    ids = sorted({visit["patient_id"] for visit in visits})
    shown = {"reminder_preferences": 1, "deceased_at": 1}
    found = Patient.get_pymongo_collection().find({"_id": {"$in": ids}}, shown, batch_size=_AT_ONCE + 1)
    return {patient["_id"]: patient for patient in await found.to_list()}


def _due(instant: datetime, visits: Sequence[Row], patients: Mapping[str, Row]) -> list[DueReminder]:
    due = []
    for visit in visits:
        patient = patients.get(visit["patient_id"])
        if patient is None or patient.get("deceased_at") is not None:
            continue
        wishes = ReminderPreferences.model_validate(patient.get("reminder_preferences") or {})
        zone = _zone(wishes.time_zone, visit["time_zone"])
        minutes = due_reminder(instant, visit["start"], wishes.minutes_before, zone, visit["created_at"])
        if minutes is not None:
            reminder = DueReminder(
                appointment_id=visit["_id"],
                patient_id=visit["patient_id"],
                start=visit["start"],
                minutes_before=minutes,
                zone=zone,
            )
            due.append(reminder)
    return due


async def _open(due: list[DueReminder], instant: datetime) -> list[DueReminder]:
    """A first look, which spares most claims; who is really first is decided by ``claiming``."""
    if not due:
        return []
    ids = {"$in": [reminder.id for reminder in due]}
    closed = {"_id": ids, "$or": [{"finished_at": {"$ne": None}}, {"lease_until": {"$gt": instant}}]}
    rows = Reminder.get_pymongo_collection().find(closed, {"_id": 1}, batch_size=_AT_ONCE + 1)
    taken = {row["_id"] for row in await rows.to_list()}
    return [reminder for reminder in due if reminder.id not in taken]


async def _batches(document: type[Appointment | Patient], within: Row, shown: Row) -> AsyncIterator[list[Row]]:
    async with document.get_pymongo_collection().find(within, shown, batch_size=_AT_ONCE) as cursor:
        batch: list[Row] = []
        async for row in cursor:
            batch.append(row)
            if len(batch) == _AT_ONCE:
                yield batch
                batch = []
        if batch:
            yield batch


def _zone(*names: str | None) -> ZoneInfo:
    """The first that is one: imported visits may have any."""
    for name in names:
        if name is not None:
            try:
                return zone_of(name)
            except ValueError:
                continue
    return zone_of("UTC")


def _statuses() -> list[str]:
    return sorted(status.value for status in REMINDED)
