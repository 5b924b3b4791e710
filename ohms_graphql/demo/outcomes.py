"""What became of each visit: booked when and by whom, moved, cancelled, missed, or kept."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from models.appointment import Appointment, AppointmentStatus, Cancellation, CancelledBy, WaitlistRequest
from ohms_graphql.demo.cast import chance, demo_id
from ohms_graphql.demo.data.visit_kinds import FOLLOW_UP, LATE, LATE_FEE
from ohms_graphql.demo.profiles import Profile
from ohms_graphql.demo.providers import provider_id, site_of, visit_type_id
from ohms_graphql.demo.schedule import COMING, Visit

_WAITING_ROOM = timedelta(minutes=30)
_REASONS = {
    CancelledBy.PATIENT: ("Cannot get away from work", "Feels better", "No transport", None),
    CancelledBy.PROVIDER: ("Provider is ill",),
    CancelledBy.STAFF: ("Patient asked by telephone", "Room not available"),
}


@dataclass(frozen=True, slots=True)
class Kept:
    """A visit, its appointment, and the time it was moved from, if it was moved."""

    visit: Visit
    appointment: Appointment
    moved_at: datetime | None = None
    moved_from: datetime | None = None
    booked_by: CancelledBy = CancelledBy.PATIENT


def outcome(visit: Visit, anchor: datetime) -> Kept:
    luck = chance("outcome", visit.number)
    status = _status(luck, visit, anchor)
    booked = _booked(luck, visit, anchor)
    booked_by = luck.choices([CancelledBy.PATIENT, CancelledBy.STAFF, CancelledBy.PROVIDER], weights=[55, 38, 7])[0]
    latest = min(visit.start, anchor) - timedelta(hours=3)
    moved_at = _between(luck, booked, latest) if luck.random() < 0.06 and booked < latest - timedelta(days=1) else None
    cancellation = _cancellation(luck, moved_at or booked, visit.start, latest) if status is AppointmentStatus.CANCELLED else None
    appointment = Appointment(
        id=demo_id("Appointment", visit.number),
        created_at=booked,
        updated_at=booked,
        status=status,
        start=visit.start,
        end=visit.end,
        time_zone=site_of(visit.provider).time_zone,
        mode=visit.kind.modes[0],
        reason=visit.illness.reason if visit.illness else visit.kind.name,
        patient_id=visit.profile.person.id,
        provider_id=provider_id(visit.provider),
        visit_type_id=visit_type_id(visit.kind),
        organization_id=demo_id("Organization", site_of(visit.provider).organization),
        cancellation=cancellation,
    )
    return Kept(visit, appointment, moved_at, _moved_from(visit, moved_at) if moved_at else None, booked_by)


def waiting(profile: Profile, number: int, anchor: datetime) -> Kept:
    """Somebody who waits for a slot that frees up: no time yet."""
    asked = (anchor - timedelta(days=number % 9 + 1)).replace(hour=16, minute=number % 60)
    provider = profile.doctor
    appointment = Appointment(
        id=demo_id("Appointment", f"waiting-{number}"),
        created_at=asked,
        updated_at=asked,
        status=AppointmentStatus.WAITLISTED,
        time_zone=site_of(provider).time_zone,
        reason="As soon as possible",
        patient_id=profile.person.id,
        provider_id=provider_id(provider),
        visit_type_id=visit_type_id(FOLLOW_UP),
        organization_id=demo_id("Organization", site_of(provider).organization),
        waitlist=WaitlistRequest(earliest=asked, latest=anchor + COMING),
    )
    visit = Visit(-1, provider, profile, FOLLOW_UP, None, asked)
    return Kept(visit, appointment)


def _status(luck: Random, visit: Visit, anchor: datetime) -> AppointmentStatus:
    """FHIR's words: who has arrived waits, who has checked in is being seen."""
    if visit.end <= anchor:
        kept = [AppointmentStatus.FULFILLED, AppointmentStatus.CANCELLED, AppointmentStatus.NO_SHOW]
        return luck.choices([*kept, AppointmentStatus.ENTERED_IN_ERROR], weights=[860, 85, 50, 5])[0]
    if visit.start <= anchor:
        return AppointmentStatus.CHECKED_IN
    if visit.start - anchor < _WAITING_ROOM:
        return AppointmentStatus.ARRIVED
    coming = [AppointmentStatus.BOOKED, AppointmentStatus.PENDING, AppointmentStatus.PROPOSED, AppointmentStatus.CANCELLED]
    return luck.choices(coming, weights=[84, 7, 2, 7])[0]


def _booked(luck: Random, visit: Visit, anchor: datetime) -> datetime:
    """On an earlier day than the visit and before now, in waking hours, and not before the patient was registered."""
    zone = ZoneInfo(site_of(visit.provider).time_zone)
    before = min(visit.start, anchor).astimezone(zone).date() - timedelta(days=luck.choice([1, 3, 6, 10, 14, 21, 30, 45]))
    at = datetime.combine(before, time(luck.randrange(7, 20), luck.randrange(60)), zone).astimezone(UTC)
    return max(at, visit.profile.person.registered + timedelta(minutes=10))


def _between(luck: Random, one: datetime, other: datetime) -> datetime:
    return (one + (other - one) * luck.uniform(0.05, 0.95)).replace(microsecond=0)


def _cancellation(luck: Random, after: datetime, start: datetime, latest: datetime) -> Cancellation:
    """Late is less than a day before the start; only the patient's own late cancellation costs."""
    at = _between(luck, max(after, latest - timedelta(days=luck.choice([1, 4, 12]))), latest)
    by = luck.choices([CancelledBy.PATIENT, CancelledBy.PROVIDER, CancelledBy.STAFF], weights=[70, 10, 20])[0]
    late = start - at < LATE
    fee = LATE_FEE if late and by is CancelledBy.PATIENT else None
    return Cancellation(by=by, reason=luck.choice(_REASONS[by]), at=at, late=late, fee=fee)


def _moved_from(visit: Visit, moved_at: datetime) -> datetime:
    """The same time on the wall clock a week earlier, or a week later if that had passed when the visit was moved."""
    zone = ZoneInfo(site_of(visit.provider).time_zone)
    wall = visit.start.astimezone(zone).replace(tzinfo=None)
    earlier, later = ((wall + timedelta(days=days)).replace(tzinfo=zone).astimezone(UTC) for days in (-7, 7))
    return earlier if moved_at < earlier else later
