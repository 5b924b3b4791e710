"""The six kinds of visit."""

from dataclasses import dataclass
from datetime import timedelta

from models.money import Money
from models.values import CodeableConcept
from models.visit_type import VisitMode
from ohms_graphql.demo.data.codes import snomed


@dataclass(frozen=True, slots=True)
class VisitKind:
    """``before`` and ``after`` are buffers in minutes, ``cents`` is the price in US cents; plans pay preventive care in full."""

    key: str
    name: str
    minutes: int
    before: int
    after: int
    modes: tuple[VisitMode, ...]
    cents: int
    code: CodeableConcept
    preventive: bool = False

    @property
    def in_person(self) -> bool:
        return VisitMode.IN_PERSON in self.modes


_HERE, _VIDEO, _PHONE = (VisitMode.IN_PERSON,), (VisitMode.VIDEO,), (VisitMode.PHONE,)

NEW_PATIENT = VisitKind("new", "New patient", 40, 0, 10, _HERE, 22000, snomed("New patient consultation", "185387006"))
FOLLOW_UP = VisitKind("follow-up", "Follow-up", 20, 0, 5, _HERE, 12000, snomed("Follow-up encounter", "390906007"))
PHYSICAL = VisitKind("physical", "Annual physical", 45, 0, 10, _HERE, 21000, snomed("Encounter for check up", "185349003"), True)
VIDEO = VisitKind(
    "video", "Telehealth follow-up", 20, 5, 0, _VIDEO, 9500, snomed("Telemedicine consultation with patient", "448337001")
)
VACCINATION = VisitKind(
    "vaccination", "Vaccination", 15, 0, 5, _HERE, 4000, snomed("Administration of vaccine", "33879002"), True
)
PHONE = VisitKind("phone", "Telephone consultation", 15, 0, 0, _PHONE, 6000, snomed("Telephone encounter", "185317003"))

VISIT_KINDS: tuple[VisitKind, ...] = (NEW_PATIENT, FOLLOW_UP, PHYSICAL, VIDEO, VACCINATION, PHONE)

# The cancellation policy, the same for all kinds.
LATE = timedelta(hours=24)
LATE_FEE = Money(minor_units=2500)
NO_SHOW_FEE = Money(minor_units=5000)
