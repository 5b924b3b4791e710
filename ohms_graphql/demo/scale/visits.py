"""The schedules of a practice: who comes when, and how it went."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from models.appointment import (
    HOLDS_TIME,
    Appointment,
    AppointmentStatus,
    Cancellation,
    CancellationReason,
    CancelledBy,
    VisitReason,
)
from models.confidentiality import Confidentiality
from ohms_graphql.demo.cast import demo_id
from ohms_graphql.demo.data.illness import Illness
from ohms_graphql.demo.data.visit_kinds import VisitKind
from ohms_graphql.demo.providers import visit_type_id
from ohms_graphql.demo.scale.ids import Ids
from ohms_graphql.demo.scale.patients import Person
from ohms_graphql.demo.scale.patterns import pattern
from ohms_graphql.demo.scale.providers import KINDS, Doctor, slots
from ohms_graphql.demo.scale.size import APPOINTMENTS_EACH
from ohms_graphql.fhir.storage import Raw
from resolvers.encoding import stored_part

_GUESTS = 0.15
"""The share of visits with a provider of the practice who is not the patient's own."""
_WEIGHTS = {"follow-up": 10, "video": 5, "vaccination": 1, "phone": 3}
_CAME = (AppointmentStatus.FULFILLED, AppointmentStatus.CANCELLED, AppointmentStatus.NO_SHOW, AppointmentStatus.ENTERED_IN_ERROR)
_COMES = (AppointmentStatus.BOOKED, AppointmentStatus.PENDING, AppointmentStatus.PROPOSED, AppointmentStatus.CANCELLED)
_REVISIONS = {AppointmentStatus.FULFILLED: 4, AppointmentStatus.CHECKED_IN: 3, **dict.fromkeys(_COMES[:3], 1)}
"""How often it was written; the others are changed once after they were booked."""
_DAYS_BEFORE = (1, 3, 6, 10, 14, 21, 30, 45)
_CANCELLED_BY = (CancelledBy.PATIENT, CancelledBy.PATIENT, CancelledBy.PATIENT, CancelledBy.STAFF)


@dataclass(slots=True)
class Visit:
    """``illness`` is what it is about; None for vaccinations."""

    doctor: Doctor
    person: Person
    kind: VisitKind
    illness: Illness | None
    start: datetime
    id: str = ""
    status: AppointmentStatus = AppointmentStatus.BOOKED
    booked: datetime = datetime.min  # noqa: DTZ901 -- set with the status
    cancelled_at: datetime | None = None

    @property
    def end(self) -> datetime:
        return self.start + timedelta(minutes=self.kind.minutes)

    @property
    def changed(self) -> datetime:
        """When it was written last."""
        if self.status in _COMES:
            return self.cancelled_at or self.booked
        return self.start if self.status is AppointmentStatus.CHECKED_IN else self.end

    @property
    def busy(self) -> tuple[datetime, datetime]:
        """The provider's time, with the buffers."""
        return self.start - timedelta(minutes=self.kind.before), self.end + timedelta(minutes=self.kind.after)

    @property
    def confidentiality(self) -> Confidentiality:
        return self.illness.confidentiality if self.illness else Confidentiality.NORMAL


def visits(panels: dict[Doctor, list[Person]], ids: Ids, luck: Random, anchor: datetime) -> list[Visit]:
    """Of a practice. Each in a slot of its own, and nobody comes twice on one day: so nobody is in two places at once."""
    everybody = [person for panel in panels.values() for person in panel]
    seen: set[tuple[int, date]] = set()
    found = []
    for doctor, panel in panels.items():
        weights = [person.weight for person in panel]
        starts = slots(doctor.site.time_zone, anchor)
        for start in sorted(luck.sample(starts, k=APPOINTMENTS_EACH)):
            person = luck.choice(everybody) if luck.random() < _GUESTS else luck.choices(panel, weights)[0]
            while (person.number, start.date()) in seen:
                person = luck.choice(everybody)
            seen.add((person.number, start.date()))
            found.append(_visit(doctor, person, start, ids, luck, anchor))
    return found


def _visit(doctor: Doctor, person: Person, start: datetime, ids: Ids, luck: Random, anchor: datetime) -> Visit:
    (kind,) = luck.choices(KINDS, _KIND_WEIGHTS)
    illness = None if kind.preventive else luck.choice(person.illnesses)
    visit = Visit(doctor, person, kind, illness, start + timedelta(minutes=kind.before))
    if visit.end <= anchor:
        (visit.status,) = luck.choices(_CAME, (860, 85, 50, 5))
    elif visit.start <= anchor:
        visit.status = AppointmentStatus.CHECKED_IN
    else:
        (visit.status,) = luck.choices(_COMES, (84, 7, 2, 7))
    latest = min(visit.start, anchor)
    visit.booked = latest - timedelta(days=luck.choice(_DAYS_BEFORE), minutes=luck.randrange(60, 600))
    if visit.status is AppointmentStatus.CANCELLED:
        visit.cancelled_at = visit.booked + (latest - visit.booked) * luck.uniform(0.1, 0.9)
        visit.cancelled_at = visit.cancelled_at.replace(microsecond=0)
    visit.id = ids.at(visit.booked)
    return visit


_KIND_WEIGHTS = [_WEIGHTS[kind.key] for kind in KINDS]


class AppointmentPatterns:
    """One for each kind of visit at each site; made when first asked for."""

    def __init__(self) -> None:
        self._patterns: dict[tuple[str, str], Raw] = {}
        cancelled = Cancellation(by=CancelledBy.PATIENT, reason=CancellationReason(""), at=datetime(2000, 1, 1))  # noqa: DTZ001
        self._cancellation: dict[str, Any] = stored_part(Appointment, cancelled)

    def stored(self, visit: Visit, luck: Random) -> Raw:
        """The appointment as the booking road leaves it."""
        holds = visit.status in HOLDS_TIME
        busy_start, busy_end = visit.busy if holds else (None, None)
        return {
            **self._pattern(visit),
            "_id": visit.id,
            "sample_key": repr(luck.random()),
            "revision": _REVISIONS.get(visit.status, 2),
            "created_at": visit.booked,
            "updated_at": visit.changed,
            "status": visit.status.value,
            "start": visit.start,
            "end": visit.end,
            "reason": VisitReason(visit.illness.reason if visit.illness else visit.kind.name).sealed,
            "patient_id": visit.person.id,
            "provider_id": visit.doctor.id,
            "cancellation": self._cancelled(visit, luck),
            "confidentiality": visit.confidentiality.value,
            "busy_start": busy_start,
            "busy_end": busy_end,
        }

    def _cancelled(self, visit: Visit, luck: Random) -> Raw | None:
        if visit.cancelled_at is None:
            return None
        by = luck.choice(_CANCELLED_BY)
        reason = CancellationReason("Cannot get away from work" if by is CancelledBy.PATIENT else "Asked by telephone").sealed
        late = visit.start - visit.cancelled_at < timedelta(days=1)
        return {**self._cancellation, "by": by.value, "reason": reason, "at": visit.cancelled_at, "late": late}

    def _pattern(self, visit: Visit) -> Raw:
        site = visit.doctor.site
        key = (visit.kind.key, site.city)
        if key not in self._patterns:
            self._patterns[key] = pattern(
                Appointment(
                    status=visit.status,
                    time_zone=site.time_zone,
                    mode=visit.kind.modes[0],
                    patient_id="",
                    provider_id="",
                    visit_type_id=visit_type_id(visit.kind),
                    organization_id=demo_id("Organization", site.organization),
                )
            )
        return self._patterns[key]


def treating(found: list[Visit]) -> dict[str, list[str]]:
    """``Patient.treated_by`` of each patient: everybody with an appointment of theirs."""
    by_patient: dict[str, set[str]] = defaultdict(set)
    for visit in found:
        by_patient[visit.person.id].add(visit.doctor.id)
    return {patient_id: sorted(providers) for patient_id, providers in by_patient.items()}


def written_up(found: list[Visit], anchor: datetime) -> list[Visit]:
    """Those that took place long enough ago for notes to be signed and results to be there."""
    latest = anchor - timedelta(days=1)
    return [visit for visit in found if visit.status is AppointmentStatus.FULFILLED and visit.end <= latest]
