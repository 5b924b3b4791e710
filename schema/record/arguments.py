"""How records are filtered and ordered."""

from datetime import datetime
from enum import Enum
from typing import Annotated

import strawberry

from models.record import (
    Allergy,
    ClinicalNote,
    Condition,
    DocumentRecord,
    Immunization,
    LabReport,
    Medication,
    Observation,
    Procedure,
    Record,
    RecordStatus,
)
from resolvers.pagination import Order
from resolvers.records import RecordCriteria
from schema.connection import OrderDirection, order_of
from schema.node import id_of


@strawberry.enum(description="The kinds of entries of a record.")
class RecordKind(Enum):
    CLINICAL_NOTE = strawberry.enum_value("CLINICAL_NOTE", description="What a provider wrote.")
    LAB_REPORT = strawberry.enum_value("LAB_REPORT", description="A laboratory report.")
    OBSERVATION = strawberry.enum_value("OBSERVATION", description="A measurement or statement.")
    CONDITION = strawberry.enum_value("CONDITION", description="A problem or diagnosis.")
    ALLERGY = strawberry.enum_value("ALLERGY", description="An allergy or intolerance.")
    MEDICATION = strawberry.enum_value("MEDICATION", description="A prescription.")
    IMMUNIZATION = strawberry.enum_value("IMMUNIZATION", description="A vaccination.")
    PROCEDURE = strawberry.enum_value("PROCEDURE", description="Something that was done.")
    DOCUMENT = strawberry.enum_value("DOCUMENT", description="A document.")


_STORED: dict[RecordKind, type[Record]] = {
    RecordKind.CLINICAL_NOTE: ClinicalNote,
    RecordKind.LAB_REPORT: LabReport,
    RecordKind.OBSERVATION: Observation,
    RecordKind.CONDITION: Condition,
    RecordKind.ALLERGY: Allergy,
    RecordKind.MEDICATION: Medication,
    RecordKind.IMMUNIZATION: Immunization,
    RecordKind.PROCEDURE: Procedure,
    RecordKind.DOCUMENT: DocumentRecord,
}


@strawberry.input(description="Which records. All that is given must hold.")
class RecordWhere:
    kind: list[RecordKind] | None = strawberry.field(default=None, description="Of one of these kinds.")
    patient: strawberry.ID | None = strawberry.field(default=None, description="Of this patient.")
    appointment: strawberry.ID | None = strawberry.field(default=None, description="Of this visit.")
    author: strawberry.ID | None = strawberry.field(default=None, description="By this provider.")
    status: list[RecordStatus] | None = strawberry.field(default=None, description="In one of these statuses.")
    code: str | None = strawberry.field(default=None, description="With this code, such as LOINC 4548-4.")
    from_: datetime | None = strawberry.field(default=None, name="from", description="Effective at or after this instant.")
    to: datetime | None = strawberry.field(default=None, description="Effective before this instant.")

    def criteria(self) -> RecordCriteria:
        return RecordCriteria(
            kinds=None if self.kind is None else [_STORED[kind] for kind in self.kind],
            patient=id_of("Patient", self.patient, ["where", "patient"]),
            appointment=id_of("Appointment", self.appointment, ["where", "appointment"]),
            author=id_of("Provider", self.author, ["where", "author"]),
            status=self.status,
            code=self.code,
            from_=self.from_,
            to=self.to,
        )


@strawberry.enum(description="What records can be ordered by.")
class RecordOrderField(Enum):
    EFFECTIVE_AT = strawberry.enum_value("effective_at", description="When it was so.")
    RECORDED_AT = strawberry.enum_value("recorded_at", description="When it was written down.")


@strawberry.input(description="How records are ordered.")
class RecordOrder:
    field: RecordOrderField = strawberry.field(description="By what.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.DESC, description="Which way.")

    def order(self) -> Order:
        return order_of(self.field, self.direction)


NEWEST_FIRST = Order("effective_at", descending=True)

Where = Annotated[RecordWhere | None, strawberry.argument(description="Which ones; all when not given.")]
OrderBy = Annotated[RecordOrder | None, strawberry.argument(description="In which order; newest first when not given.")]
