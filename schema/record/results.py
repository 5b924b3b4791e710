"""Observations and laboratory reports."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

import strawberry

import models.record as stored
from models.record import Interpretation
from schema.authorization import auth
from schema.deidentification import PhiKind, phi
from schema.info import Info
from schema.record.acknowledgement import Acknowledgement
from schema.record.base import Record
from schema.relation import by, related
from schema.rights import CARE, CARE_AND_ANALYST
from schema.shown_document import READS, id_as, node_of, shows
from schema.values import CodeableConcept, Quantity


@strawberry.type(description="What a value is compared with.")
class ReferenceRange:
    low: Decimal | None = strawberry.field(description="Null when it is open below.")
    high: Decimal | None = strawberry.field(description="Null when it is open above.")
    unit: str | None = strawberry.field(description="The unit of both.")
    text: str | None = strawberry.field(description="The range in words.", directives=[phi(PhiKind.FREE_TEXT)])


@strawberry.type(description="What was found: exactly one field is set.")
class ObservationValue:
    quantity: Quantity | None = strawberry.field(description="A measured amount.")
    concept: CodeableConcept | None = strawberry.field(description="A coded answer.")
    text: str | None = strawberry.field(description="An answer in words.", directives=[phi(PhiKind.FREE_TEXT)])
    boolean: bool | None = strawberry.field(description="Yes or no.")
    at: datetime | None = strawberry.field(description="An instant.", directives=[phi(PhiKind.DATE)])


@strawberry.type(description="A part of an observation: the systolic of a blood pressure.")
class ObservationComponent:
    code: CodeableConcept = strawberry.field(description="Which part.")
    value: ObservationValue | None = strawberry.field(description="What was found.")
    interpretations: list[Interpretation] = strawberry.field(description="How it compares.")


def _lab_report(found: stored.Record | None) -> "LabReport | None":
    return LabReport.from_document(found) if isinstance(found, stored.LabReport) else None


@shows(stored.Observation, id=id_as("Observation"))
@strawberry.type(description="A measurement or simple statement.", directives=[auth(*CARE_AND_ANALYST)])
class Observation(Record):
    categories: list[CodeableConcept] = strawberry.field(description="Vital signs, laboratory, survey ...")
    value: ObservationValue | None = strawberry.field(description="What was found.")
    components: list[ObservationComponent] = strawberry.field(description="Its parts.")
    interpretations: list[Interpretation] = strawberry.field(description="How it compares. LL, HH and AA are critical.")
    reference_ranges: list[ReferenceRange] = strawberry.field(description="What it is compared with.")
    critical: bool = strawberry.field(description="Whether it, or a part of it, is LL, HH or AA.", directives=[auth(*CARE)])
    document: strawberry.Private[stored.Observation]

    @strawberry.field(
        description="Who has taken a critical value in hand, and how.",
        directives=[auth(*CARE)],
        metadata={READS: ("acknowledgement",)},
    )
    def acknowledgement(self) -> Acknowledgement | None:
        stored_one = self.document.acknowledgement
        return None if stored_one is None else Acknowledgement.of(stored_one)

    lab_report = related(
        Annotated["LabReport", strawberry.lazy("schema.record.results")] | None,
        by("lab_report_id", lambda loaders: loaders.records, _lab_report),
        description="The report it is part of.",
    )

    @classmethod
    def from_document(cls, document: stored.Observation) -> "Observation":
        return node_of(cls, document)


@shows(stored.LabReport, id=id_as("LabReport"))
@strawberry.type(description="A laboratory report.", directives=[auth(*CARE_AND_ANALYST)])
class LabReport(Record):
    categories: list[CodeableConcept] = strawberry.field(description="Which laboratory service.")
    conclusion: str | None = strawberry.field(description="What it comes to.", directives=[phi(PhiKind.FREE_TEXT)])

    @strawberry.field(description="Its results, in the report's order.", metadata={READS: ("id",)})
    async def observations(self, info: Info) -> list[Observation]:
        found = await info.context.loaders.observations_of_report.load(self.document.id)
        return [Observation.from_document(document) for document in found]

    @classmethod
    def from_document(cls, document: stored.LabReport) -> "LabReport":
        return node_of(cls, document)
