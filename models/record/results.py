"""Observations and laboratory reports."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

from beanie.odm.custom_types import DecimalAnnotation
from pydantic import Field, ValidationInfo, field_validator, model_validator

from models.record.acknowledgement import Acknowledgement
from models.record.base import Record
from models.secret import SecretText
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


CRITICAL = frozenset({Interpretation.LL, Interpretation.HH, Interpretation.AA})


class RangeText(SecretText):
    place = "records.reference_ranges.text"


class ValueText(SecretText):
    place = "records.value.text"


class ComponentText(SecretText):
    place = "records.components.value.text"


class Conclusion(SecretText):
    place = "records.conclusion"


class ReferenceRange(ValueObject):
    """Bounds in the unit of the value; either may be open."""

    low: DecimalAnnotation | None = None
    high: DecimalAnnotation | None = None
    unit: str | None = None
    text: RangeText | None = None

    def contains(self, value: Decimal) -> bool:
        return (self.low is None or self.low <= value) and (self.high is None or value <= self.high)


class ObservationValue(ValueObject):
    """What was found: exactly one of the fields is set (FHIR Observation.value[x])."""

    quantity: Quantity | None = None
    concept: CodeableConcept | None = None
    text: ValueText | None = None
    boolean: bool | None = None
    at: datetime | None = None


class ComponentValue(ObservationValue):
    """The same of a component."""

    text: ComponentText | None = None  # type: ignore[assignment]  # both are texts; each stands at its own place

    @model_validator(mode="before")
    @classmethod
    def _of_another_place(cls, value: Any) -> Any:
        return dict(value) if isinstance(value, ObservationValue) and not isinstance(value, cls) else value


class ObservationComponent(ValueObject):
    """A part of an observation: systolic and diastolic pressure of one measurement."""

    code: CodeableConcept
    value: ComponentValue | None = None
    interpretations: list[Interpretation] = []


class Observation(Record):
    """A measurement or a simple statement. ``position`` is its place within its report, from 0.

    ``critical``, by itself or a component: it stands on the ordering provider's list (``resolvers.critical_results``) until there
    is an ``acknowledgement``.
    """

    categories: list[CodeableConcept] = []
    value: ObservationValue | None = None
    components: list[ObservationComponent] = []
    interpretations: list[Interpretation] = []
    reference_ranges: list[ReferenceRange] = []
    lab_report_id: str | None = None
    position: int = 0
    critical: bool = Field(default=False, validate_default=True)
    acknowledgement: Acknowledgement | None = None

    follows_from: ClassVar = {"critical": ("interpretations", "components")}

    @field_validator("critical", mode="before")
    @classmethod
    def _tell_critical(cls, _stored: object, info: ValidationInfo) -> bool:
        """Always that of the interpretations: a stored one is only for the database to find."""
        of_parts = (found for component in info.data.get("components", ()) for found in component.interpretations)
        return not CRITICAL.isdisjoint([*info.data.get("interpretations", ()), *of_parts])


class LabReport(Record):
    """A laboratory report; its observations point to it."""

    categories: list[CodeableConcept] = []
    conclusion: Conclusion | None = None
