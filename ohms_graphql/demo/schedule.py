"""Six months of past and four weeks of coming appointments, on the providers' hours, nobody in two places at once."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from ulid import ULID

from models.appointment import Appointment, AppointmentStatus, Cancellation, CancelledBy, ScheduleEvent, ScheduleEventKind
from models.money import Money
from models.patient import Patient
from models.provider import Provider, Weekday
from models.visit_type import VisitType
from ohms_graphql.demo.cast import demo_id
from ohms_graphql.demo.people import home_provider

PAST = timedelta(days=182)
COMING = timedelta(days=28)
_SLOT = timedelta(minutes=40)
_REASONS = ("Check-up", "Follow-up on results", "Cough", "Back pain", "Medication review", "Skin rash", "Headache", "Vaccination")
_LATE = timedelta(hours=24)
_LATE_FEE = Money(minor_units=2500)


def appointments(
    random: Random, anchor: datetime, providers: list[Provider], patients: list[Patient], types: list[VisitType]
) -> list[Appointment]:
    """In the order of their start. Each slot of 40 minutes holds one visit with its buffers, so that none overlap."""
    made: list[Appointment] = []
    busy: set[tuple[str, datetime]] = set()
    for number, provider in enumerate(providers):
        own = [patient for index, patient in enumerate(patients) if home_provider(index) == number]
        share = 0.17 if number == 0 else 0.1
        for start in _slots(provider, anchor):
            if random.random() > share:
                continue
            patient = own[0] if number == 0 and random.random() < 0.12 else random.choice(own)
            taken = {(patient.id, start + offset * timedelta(minutes=20)) for offset in (-1, 0, 1)}
            if taken & busy:
                continue
            busy |= taken
            made.append(_appointment(random, anchor, len(made), provider, patient, random.choice(types), start))
    made += [_waiting(index, providers, patients, types, anchor) for index in range(6)]
    return made


def _slots(provider: Provider, anchor: datetime) -> Iterator[datetime]:
    """Starts in UTC, from wall-clock hours; leave is left out, and so is an hour that does not exist."""
    zone = ZoneInfo(provider.time_zone)
    leave = {exception.date for exception in provider.availability.exceptions if not exception.available}
    day = (anchor - PAST).date()
    while day < (anchor + COMING).date():
        weekday = list(Weekday)[day.weekday()]
        for hours in provider.availability.weekly:
            if hours.weekday is weekday and day not in leave:
                yield from _within(day, hours.start, hours.end, zone)
        day += timedelta(days=1)


def _within(day: date, opens: str, closes: str, zone: ZoneInfo) -> Iterator[datetime]:
    wall = datetime.combine(day, time.fromisoformat(opens))
    end = datetime.combine(day, time.fromisoformat(closes))
    while wall + _SLOT <= end:
        start = wall.replace(tzinfo=zone).astimezone(UTC)
        if start.astimezone(zone).replace(tzinfo=None) == wall:
            yield start
        wall += _SLOT


def _appointment(
    random: Random, anchor: datetime, number: int, provider: Provider, patient: Patient, kind: VisitType, start: datetime
) -> Appointment:
    length = timedelta(minutes=kind.duration_minutes)
    status = _status(random, start, start + length, anchor)
    booked = min(start, anchor) - timedelta(days=random.randrange(3, 40), minutes=random.randrange(600))
    cancelled = status is AppointmentStatus.CANCELLED
    return Appointment(
        id=demo_id("Appointment", number),
        created_at=booked,
        updated_at=booked,
        status=status,
        start=start,
        end=start + length,
        time_zone=provider.time_zone,
        mode=kind.modes[0],
        reason=random.choice(_REASONS),
        patient_id=patient.id,
        provider_id=provider.id,
        visit_type_id=kind.id,
        organization_id=provider.organization_ids[0],
        cancellation=_cancellation(random, booked, min(start, anchor)) if cancelled else None,
    )


def _status(random: Random, start: datetime, end: datetime, anchor: datetime) -> AppointmentStatus:
    chance = random.random()
    if end <= anchor:
        if chance < 0.86:
            return AppointmentStatus.FULFILLED
        return AppointmentStatus.CANCELLED if chance < 0.94 else AppointmentStatus.NO_SHOW
    if start <= anchor:
        return AppointmentStatus.ARRIVED
    if start - anchor < timedelta(hours=1):
        return AppointmentStatus.CHECKED_IN
    if chance < 0.85:
        return AppointmentStatus.BOOKED
    return AppointmentStatus.PENDING if chance < 0.93 else AppointmentStatus.CANCELLED


def _cancellation(random: Random, booked: datetime, before: datetime) -> Cancellation:
    at = booked + (before - booked) * random.random()
    at = at.replace(microsecond=0)
    late = before - at < _LATE
    by = random.choice([CancelledBy.PATIENT, CancelledBy.PATIENT, CancelledBy.PROVIDER, CancelledBy.STAFF])
    reason = {CancelledBy.PATIENT: "Cannot come", CancelledBy.PROVIDER: "Unwell", CancelledBy.STAFF: "Asked by telephone"}[by]
    return Cancellation(by=by, reason=reason, at=at, late=late, fee=_LATE_FEE if late and by is CancelledBy.PATIENT else None)


def _waiting(
    index: int, providers: list[Provider], patients: list[Patient], types: list[VisitType], anchor: datetime
) -> Appointment:
    """Somebody who waits for a slot that frees up: no time yet."""
    patient = 20 + index * 7
    provider = providers[home_provider(patient)]
    asked = anchor - timedelta(days=index + 1)
    return Appointment(
        id=demo_id("Appointment", f"waiting-{index}"),
        created_at=asked,
        updated_at=asked,
        status=AppointmentStatus.WAITLISTED,
        time_zone=provider.time_zone,
        reason="As soon as possible",
        patient_id=patients[patient].id,
        provider_id=provider.id,
        visit_type_id=types[1].id,
        organization_id=provider.organization_ids[0],
    )


def events(appointment: Appointment) -> list[ScheduleEvent]:
    """What happened to an appointment, oldest first; ids rise with time."""
    found = [(ScheduleEventKind.BOOKED, appointment.created_at, CancelledBy.PATIENT)]
    cancellation = appointment.cancellation
    if cancellation is not None:
        found.append((ScheduleEventKind.CANCELLED, cancellation.at, cancellation.by))
    elif appointment.end is not None and appointment.status in {AppointmentStatus.FULFILLED, AppointmentStatus.NO_SHOW}:
        found.append((ScheduleEventKind.STATUS_CHANGED, appointment.end, CancelledBy.STAFF))
    return [
        ScheduleEvent(
            id=_event_id(at, f"{appointment.id}-{index}"),
            created_at=at,
            updated_at=at,
            kind=kind,
            at=at,
            by=by,
            provider_id=appointment.provider_id,
            appointment_id=appointment.id,
            patient_id=appointment.patient_id,
        )
        for index, (kind, at, by) in enumerate(found)
    ]


def _event_id(at: datetime, key: str) -> str:
    """A ULID of that instant: the time in front, something that never changes behind."""
    return str(ULID.from_datetime(at))[:10] + demo_id("ScheduleEvent", key)[10:]
