"""Values of entries as they are typed in."""

from datetime import datetime
from decimal import Decimal

import strawberry

import models.record as stored
from models.record import Interpretation, ReactionSeverity
from models.values import CodeableConcept, Period, Quantity
from resolvers.clinical_codes.ucum import is_ucum
from schema.provider.inputs import CodeableConceptInput


def concept(given: CodeableConceptInput | None) -> CodeableConcept | None:
    return None if given is None else given.cleaned()


@strawberry.input(description="How an allergy showed itself.")
class ReactionInput:
    manifestations: list[CodeableConceptInput] = strawberry.field(description="What was seen; at least one.")
    severity: ReactionSeverity | None = strawberry.field(default=None, description="How bad it was.")
    onset_at: datetime | None = strawberry.field(default=None, description="When it was.")

    def cleaned(self) -> stored.Reaction:
        seen = [each.cleaned() for each in self.manifestations]
        return stored.Reaction(manifestations=seen, severity=self.severity, onset_at=self.onset_at)


@strawberry.input(description="A measured amount.")
class QuantityInput:
    value: Decimal = strawberry.field(description="The number, with the digits it was measured to.")
    unit: str = strawberry.field(description="The unit, for people.")
    code: str | None = strawberry.field(
        default=None, description="The unit in UCUM; `unit` itself, where it is one and this is not given."
    )

    def cleaned(self) -> Quantity:
        unit = self.unit.strip()
        return Quantity(value=self.value, unit=unit, code=self.code or (unit if is_ucum(unit) else None))


@strawberry.input(description="What was found: exactly one field is given.")
class ObservationValueInput:
    quantity: QuantityInput | None = strawberry.field(default=None, description="A measured amount.")
    concept: CodeableConceptInput | None = strawberry.field(default=None, description="A coded answer.")
    text: str | None = strawberry.field(default=None, description="An answer in words, at most 2000 characters.")
    boolean: bool | None = strawberry.field(default=None, description="Yes or no.")
    at: datetime | None = strawberry.field(default=None, description="An instant.")

    def cleaned(self) -> stored.ObservationValue:
        quantity = None if self.quantity is None else self.quantity.cleaned()
        return stored.ObservationValue(
            quantity=quantity, concept=concept(self.concept), text=self.text, boolean=self.boolean, at=self.at
        )


@strawberry.input(description="A part of an observation: the systolic of a blood pressure.")
class ObservationComponentInput:
    code: CodeableConceptInput = strawberry.field(description="Which part: LOINC or SNOMED CT.")
    value: ObservationValueInput = strawberry.field(description="What was found.")
    interpretations: list[Interpretation] = strawberry.field(default_factory=list, description="How it compares.")

    def cleaned(self) -> stored.ObservationComponent:
        return stored.ObservationComponent(
            code=self.code.cleaned(), value=self.value.cleaned(), interpretations=self.interpretations
        )


@strawberry.input(description="What a value is compared with: a bound, or a text.")
class ReferenceRangeInput:
    low: Decimal | None = strawberry.field(default=None, description="Open below when not given.")
    high: Decimal | None = strawberry.field(default=None, description="Open above when not given.")
    unit: str | None = strawberry.field(default=None, description="The unit of both: the value's.")
    text: str | None = strawberry.field(default=None, description="The range in words.")

    def cleaned(self) -> stored.ReferenceRange:
        return stored.ReferenceRange(low=self.low, high=self.high, unit=self.unit, text=self.text)


@strawberry.input(description="When something was done; half-open.")
class PerformedInput:
    start: datetime | None = strawberry.field(default=None, description="When it began.")
    end: datetime | None = strawberry.field(default=None, description="When it was over.")

    def cleaned(self) -> Period:
        return Period(start=self.start, end=self.end)
