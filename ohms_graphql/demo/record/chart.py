"""The chart of one patient: where every record is written, in the order of writing."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from models.patient import Patient
from models.record import Record, Release
from ohms_graphql.demo.cast import demo_id
from ohms_graphql.demo.outcomes import Kept
from ohms_graphql.demo.profiles import Profile
from ohms_graphql.demo.providers import provider_id

R = TypeVar("R", bound=Record)


@dataclass
class Chart:
    """``visits`` took place, oldest first; nothing is written that happened after ``anchor``."""

    profile: Profile
    patient: Patient
    visits: list[Kept]
    anchor: datetime
    records: list[Record] = field(default_factory=list)

    def at_visit(self, kind: type[R], kept: Kept, *, after: timedelta = timedelta(), **fields: Any) -> R:
        """Found at a visit, written down by its provider at its end or ``after`` that."""
        start, end = kept.visit.start, kept.visit.end
        recorded = end + after
        common = {"author_id": kept.appointment.provider_id, "appointment_id": kept.appointment.id, "effective_at": start}
        return self._add(kind, recorded, {**common, **fields})

    def from_before(self, kind: type[R], at: datetime, **fields: Any) -> R:
        """Known from before, or taken down at registration: of no visit, written down by the primary care provider."""
        recorded = max(at, self.patient.created_at + timedelta(minutes=30))
        return self._add(kind, recorded, {"author_id": provider_id(self.profile.doctor), "effective_at": at, **fields})

    def _add(self, kind: type[R], recorded: datetime, fields: dict[str, Any]) -> R:
        common: dict[str, Any] = {
            "id": demo_id("Record", f"{self.patient.mrn}-{len(self.records)}"),
            "created_at": recorded,
            "updated_at": recorded,
            "recorded_at": recorded,
            "patient_id": self.patient.id,
            "release": Release(at=recorded),
        }
        record = kind(**{**common, **fields})
        self.records.append(record)
        return record
