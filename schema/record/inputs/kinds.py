"""What is entered of each kind of entry: the same fields when it is recorded and when it is amended."""

from datetime import datetime

import strawberry
from strawberry import UNSET

from models.record import AllergyCategory, AllergyCriticality, Interpretation
from schema.provider.inputs import CodeableConceptInput, CodingInput
from schema.record.inputs.values import (
    ObservationComponentInput,
    ObservationValueInput,
    PerformedInput,
    ReactionInput,
    ReferenceRangeInput,
)


@strawberry.input
class AllergyFields:
    """Severity belongs to the reaction, criticality to the allergy."""

    criticality: AllergyCriticality | None = strawberry.field(
        default=UNSET, description="How much harm the next exposure could do."
    )
    categories: list[AllergyCategory] | None = strawberry.field(default=UNSET, description="What kind of substance.")
    reactions: list[ReactionInput] | None = strawberry.field(default=UNSET, description="How it showed itself.")
    onset_at: datetime | None = strawberry.field(default=UNSET, description="When it began.")


@strawberry.input
class ConditionFields:
    onset_at: datetime | None = strawberry.field(default=UNSET, description="When it began.")
    abated_at: datetime | None = strawberry.field(
        default=UNSET, description="When it ended: then it is INACTIVE, in REMISSION or RESOLVED."
    )
    severity: CodeableConceptInput | None = strawberry.field(default=UNSET, description="How bad it is.")


@strawberry.input
class MedicationFields:
    dosage: str | None = strawberry.field(default=UNSET, description="How to take it, at most 1000 characters.")
    reasons: list[CodeableConceptInput] | None = strawberry.field(default=UNSET, description="What it is for.")
    ingredients: list[CodingInput] | None = strawberry.field(
        default=UNSET, description="What is in it: RxNorm, SNOMED CT or UNII. Checked against known allergies, as its codes are."
    )


@strawberry.input
class ImmunizationFields:
    lot_number: str | None = strawberry.field(default=UNSET, description="The vaccine's lot, at most 50 characters.")


@strawberry.input
class ObservationFields:
    categories: list[CodeableConceptInput] | None = strawberry.field(
        default=UNSET, description="Vital signs, laboratory, survey ...: HL7, LOINC or SNOMED CT."
    )
    value: ObservationValueInput | None = strawberry.field(default=UNSET, description="What was found; or its parts have values.")
    components: list[ObservationComponentInput] | None = strawberry.field(default=UNSET, description="Its parts.")
    interpretations: list[Interpretation] | None = strawberry.field(
        default=UNSET, description="How it compares; L, N or H follow from one reference range when not given."
    )
    reference_ranges: list[ReferenceRangeInput] | None = strawberry.field(
        default=UNSET, description="What it is compared with, in the value's unit."
    )


@strawberry.input
class LabReportFields:
    categories: list[CodeableConceptInput] | None = strawberry.field(
        default=UNSET, description="Which laboratory service: HL7, LOINC or SNOMED CT."
    )
    conclusion: str | None = strawberry.field(default=UNSET, description="What it comes to, at most 10000 characters.")


@strawberry.input
class ProcedureFields:
    performed: PerformedInput | None = strawberry.field(default=UNSET, description="When it was done.")
    reasons: list[CodeableConceptInput] | None = strawberry.field(default=UNSET, description="What it was for.")
