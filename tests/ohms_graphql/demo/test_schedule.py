"""The demo's calendar keeps the rules of the field: hours, buffers, statuses, cancellations, history."""

import itertools
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from models.appointment import Appointment, AppointmentStatus, CancelledBy, ScheduleEvent, ScheduleEventKind
from models.patient import Patient
from models.provider import AvailabilityException, Provider
from models.visit_type import VisitType
from ohms_graphql.demo.cast import SHOWCASE_PATIENT_ID, SHOWCASE_PROVIDER_ID
from tests.ohms_graphql.demo.documents import Documents

FREE = {AppointmentStatus.CANCELLED, AppointmentStatus.ENTERED_IN_ERROR}
BEFORE, ENDS = (
    {AppointmentStatus.BOOKED, AppointmentStatus.PENDING, AppointmentStatus.PROPOSED},
    {AppointmentStatus.FULFILLED, AppointmentStatus.NO_SHOW, AppointmentStatus.ENTERED_IN_ERROR},
)


def timed(demo: Documents) -> list[tuple[Appointment, datetime, datetime]]:
    return [(visit, visit.start, visit.end) for visit in demo.of(Appointment) if visit.start and visit.end]


def test_it_spans_six_months_back_and_four_weeks_ahead(demo: Documents) -> None:
    starts = [start for _, start, _ in timed(demo)]
    assert 1500 <= len(starts) <= 3000
    assert demo.anchor - timedelta(days=183) <= min(starts) < demo.anchor - timedelta(days=178)
    assert demo.anchor + timedelta(days=26) < max(starts) < demo.anchor + timedelta(days=29)


def test_no_provider_is_double_booked_buffers_included_and_no_patient_is_in_two_places(demo: Documents) -> None:
    types = demo.by_id(VisitType)
    busy: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    for visit, start, end in timed(demo):
        if visit.status not in FREE:
            kind = types[visit.visit_type_id or ""]
            before, after = timedelta(minutes=kind.buffer_before_minutes), timedelta(minutes=kind.buffer_after_minutes)
            busy[visit.provider_id].append((start - before, end + after))
            busy[visit.patient_id].append((start, end))
    for periods in busy.values():
        assert all(one[1] <= other[0] for one, other in itertools.pairwise(sorted(periods)))


def test_visits_are_within_the_hours_of_their_kind_on_the_wall_clock_on_both_sides_of_the_change(demo: Documents) -> None:
    providers = demo.by_id(Provider)
    offsets = set()
    for visit, start, end in timed(demo):
        provider = providers[visit.provider_id]
        assert visit.time_zone == provider.time_zone
        from_, to = (moment.astimezone(ZoneInfo(provider.time_zone)) for moment in (start, end))
        offsets.add((provider.time_zone, from_.utcoffset()))
        clock = from_.strftime("%H:%M"), to.strftime("%H:%M")
        exceptions = [one for one in provider.availability.exceptions if one.date == from_.date()]
        regular = any(
            from_.strftime("%A").upper() == hours.weekday
            and hours.start <= clock[0]
            and clock[1] <= hours.end
            and visit.visit_type_id in hours.visit_type_ids
            for hours in provider.availability.weekly
        )
        assert regular or any(one.available for one in exceptions)
        assert not any(_away(one, *clock) for one in exceptions)
    assert len(offsets) == 6, "each of the three zones in winter and in summer"


def _away(exception: AvailabilityException, start: str, end: str) -> bool:
    return not exception.available and start < (exception.end or "24:00") and (exception.start or "00:00") < end


def test_a_visit_is_as_long_as_its_kind_and_held_in_one_of_its_modes(demo: Documents) -> None:
    types = demo.by_id(VisitType)
    for visit, start, end in timed(demo):
        kind = types[visit.visit_type_id or ""]
        assert end - start == timedelta(minutes=kind.duration_minutes)
        assert visit.mode in kind.modes


def test_statuses_fit_the_time(demo: Documents) -> None:
    visits = demo.of(Appointment)
    for visit in visits:
        if visit.start is None or visit.end is None:
            assert visit.status is AppointmentStatus.WAITLISTED
        elif visit.status in ENDS:
            assert visit.end <= demo.anchor
        elif visit.status is AppointmentStatus.CHECKED_IN:
            assert visit.start <= demo.anchor < visit.end
        elif visit.status is AppointmentStatus.ARRIVED:
            assert demo.anchor < visit.start < demo.anchor + timedelta(minutes=30)
        elif visit.status in BEFORE:
            assert demo.anchor < visit.start
        assert (visit.cancellation is not None) == (visit.status is AppointmentStatus.CANCELLED)
    assert {visit.status for visit in visits} == set(AppointmentStatus)
    assert Counter(visit.status for visit in visits)[AppointmentStatus.FULFILLED] > len(visits) / 2


def test_a_cancellation_says_who_when_how_late_and_what_it_costs(demo: Documents) -> None:
    cancelled = [(visit, start) for visit, start, _ in timed(demo) if visit.cancellation]
    for visit, start in cancelled:
        cancellation = visit.cancellation
        assert cancellation is not None
        assert visit.created_at <= cancellation.at <= min(start, demo.anchor)
        assert cancellation.late == (start - cancellation.at < timedelta(hours=24))
        costs = cancellation.late and cancellation.by is CancelledBy.PATIENT
        assert (cancellation.fee is not None) == costs
    assert any(start > demo.anchor for _, start in cancelled)
    assert any(visit.cancellation and visit.cancellation.fee for visit, _ in cancelled)


def test_visits_were_booked_before_they_began_and_after_the_patient_was_registered(demo: Documents) -> None:
    patients = demo.by_id(Patient)
    for visit, start, _ in timed(demo):
        assert patients[visit.patient_id].created_at < visit.created_at < min(start, demo.anchor)


def test_the_dead_have_no_appointments(demo: Documents) -> None:
    died = {patient.id: patient.deceased_at for patient in demo.of(Patient) if patient.deceased_at}
    assert died
    assert all(start < died[visit.patient_id] for visit, start, _ in timed(demo) if visit.patient_id in died)


def test_who_treats_whom_is_noted(demo: Documents) -> None:
    seen = defaultdict(set)
    for visit in demo.of(Appointment):
        seen[visit.patient_id].add(visit.provider_id)
    assert all(set(patient.treated_by) == seen[patient.id] for patient in demo.of(Patient))


def test_history_tells_each_change_in_order_and_ids_rise_with_time(demo: Documents) -> None:
    events = sorted(demo.of(ScheduleEvent), key=lambda event: event.id)
    assert all(one.at <= other.at for one, other in itertools.pairwise(events))
    assert all(event.at <= demo.anchor for event in events)
    of_visit = defaultdict(list)
    for event in events:
        of_visit[event.appointment_id].append(event)
    for visit in demo.of(Appointment):
        happened = of_visit[visit.id]
        kinds = [event.kind for event in happened]
        assert kinds[0] is ScheduleEventKind.BOOKED
        assert kinds.count(ScheduleEventKind.BOOKED) == 1
        assert (kinds[-1] is ScheduleEventKind.CANCELLED) == (visit.status is AppointmentStatus.CANCELLED)
        assert (visit.revision, visit.updated_at) == (len(happened), happened[-1].at)
        assert {event.patient_id for event in happened} == {visit.patient_id}
    assert {event.kind for event in events} == set(ScheduleEventKind) - {ScheduleEventKind.AVAILABILITY_CHANGED}


def test_a_moved_visit_says_from_where(demo: Documents) -> None:
    visits = demo.by_id(Appointment)
    moved = [event for event in demo.of(ScheduleEvent) if event.kind is ScheduleEventKind.RESCHEDULED]
    assert len(moved) > 20
    for event in moved:
        visit = visits[event.appointment_id or ""]
        assert event.previous_start is not None
        assert event.previous_end is not None
        assert event.previous_start != visit.start
        assert event.at < event.previous_start
        assert visit.start is not None
        assert visit.end is not None
        assert event.previous_end - event.previous_start == visit.end - visit.start


def test_the_schedule_page_has_fifty_rows_within_a_month(demo: Documents) -> None:
    starts = sorted(start for visit, start, _ in timed(demo) if visit.provider_id == SHOWCASE_PROVIDER_ID)
    months = [sum(start <= other < start + timedelta(days=31) for other in starts) for start in starts]
    assert max(months) >= 50
    assert sum(visit.patient_id == SHOWCASE_PATIENT_ID for visit in demo.of(Appointment)) >= 10
