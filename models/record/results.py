"""Observations and laboratory reports."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from beanie.odm.custom_types import DecimalAnnotation

from models.record.base import Record
from models.value_object import ValueObject
from models.values import CodeableConcept, Quantity


class Interpretation(StrEnum):
    """HL7 v3 ObservationInterpretation. LL, HH and AA are critical."""

    N = "N"
    L = "L"
    H = "H"
    LL = "LL"
    HH = "HH"
    A = "A"
    AA = "AA"


class ReferenceRange(ValueObject):
    """Bounds in the unit of the value; either may be open."""

    low: DecimalAnnotation | None = None
    high: DecimalAnnotation | None = None
    unit: str | None = None
    text: str | None = None

    def contains(self, value: Decimal) -> bool:
        return (self.low is None or self.low <= value) and (self.high is None or value <= self.high)


class ObservationValue(ValueObject):
    """What was found: exactly one of the fields is set (FHIR Observation.value[x])."""

    quantity: Quantity | None = None
    concept: CodeableConcept | None = None
    text: str | None = None
    boolean: bool | None = None
    at: datetime | None = None


class ObservationComponent(ValueObject):
    """A part of an observation: systolic and diastolic pressure of one measurement."""

    code: CodeableConcept
    value: ObservationValue | None = None
    interpretations: list[Interpretation] = []


class Observation(Record):
    """A measurement or a simple statement. ``position`` is its place within its report, from 0."""

    categories: list[CodeableConcept] = []
    value: ObservationValue | None = None
    components: list[ObservationComponent] = []
    interpretations: list[Interpretation] = []
    reference_ranges: list[ReferenceRange] = []
    lab_report_id: str | None = None
    position: int = 0


class LabReport(Record):
    """A laboratory report; its observations point to it."""

    categories: list[CodeableConcept] = []
    conclusion: str | None = None
