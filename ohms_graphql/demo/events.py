"""The history of each appointment, as events whose ids rise with time."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from ulid import ULID

from models.appointment import AppointmentStatus, CancelledBy, ScheduleEvent, ScheduleEventKind, ScheduleFeed
from ohms_graphql.demo.cast import demo_id
from ohms_graphql.demo.outcomes import Kept

_ARRIVES = timedelta(minutes=10)
_NOTICED = timedelta(days=1)
_Happening = tuple[ScheduleEventKind, datetime, CancelledBy]


def events(kept: Kept, anchor: datetime) -> list[ScheduleEvent]:
    """Oldest first, none of them later than ``anchor``. Sets the appointment's revision and the time of its last change."""
    happened = sorted(_happenings(kept, anchor), key=lambda happening: happening[1])
    appointment = kept.appointment
    appointment.revision = len(happened)
    appointment.updated_at = happened[-1][1]
    return [_event(kept, index, *happening) for index, happening in enumerate(happened)]


def numbered(happened: Iterable[ScheduleEvent], anchor: datetime) -> list[ScheduleFeed]:
    """Gives each event its place in its provider's schedule, and each schedule its length."""
    lengths: Counter[str] = Counter()
    for event in sorted(happened, key=lambda event: (event.at, event.id)):
        lengths[event.provider_id] += 1
        event.sequence = lengths[event.provider_id]
    return [
        ScheduleFeed(id=provider_id, sequence=length, created_at=anchor, updated_at=anchor)
        for provider_id, length in sorted(lengths.items())
    ]


def _happenings(kept: Kept, anchor: datetime) -> Iterator[_Happening]:
    appointment, statuses, changed = kept.appointment, AppointmentStatus, ScheduleEventKind.STATUS_CHANGED
    start, end, status = appointment.start, appointment.end, appointment.status
    yield ScheduleEventKind.BOOKED, appointment.created_at, kept.booked_by
    if kept.moved_at is not None:
        yield ScheduleEventKind.RESCHEDULED, kept.moved_at, CancelledBy.PATIENT
    if appointment.cancellation is not None:
        yield ScheduleEventKind.CANCELLED, appointment.cancellation.at, appointment.cancellation.by
    if start is None or end is None:
        return
    if status in {statuses.ARRIVED, statuses.CHECKED_IN, statuses.FULFILLED}:
        yield changed, min(start - _ARRIVES, anchor), CancelledBy.STAFF
    if status in {statuses.CHECKED_IN, statuses.FULFILLED}:
        yield changed, start, CancelledBy.PROVIDER
    if status in {statuses.FULFILLED, statuses.NO_SHOW}:
        yield changed, end, CancelledBy.PROVIDER
    if status is statuses.ENTERED_IN_ERROR:
        yield changed, min(end + _NOTICED, anchor), CancelledBy.STAFF


def _event(kept: Kept, index: int, kind: ScheduleEventKind, at: datetime, by: CancelledBy) -> ScheduleEvent:
    appointment = kept.appointment
    moved = kind is ScheduleEventKind.RESCHEDULED and kept.moved_from is not None
    previous_end = kept.moved_from + timedelta(minutes=kept.visit.kind.minutes) if moved and kept.moved_from else None
    return ScheduleEvent(
        id=_event_id(at, f"{appointment.id}-{index}"),
        created_at=at,
        updated_at=at,
        kind=kind,
        at=at,
        by=by,
        provider_id=appointment.provider_id,
        sequence=0,  # numbered() knows the others
        appointment_id=appointment.id,
        patient_id=appointment.patient_id,
        previous_start=kept.moved_from if moved else None,
        previous_end=previous_end,
        confidentiality=appointment.confidentiality,
    )


def _event_id(at: datetime, key: str) -> str:
    """A ULID of that instant: the time in front, something that never changes behind."""
    return str(ULID.from_datetime(at))[:10] + demo_id("ScheduleEvent", key)[10:]
