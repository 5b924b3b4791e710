"""recordLabReport."""

from typing import Annotated

import strawberry

import models.record as stored
from models.role import Role
from resolvers.record_writing.record_lab_report import record_lab_report
from schema.authorization import auth
from schema.errors import UserError
from schema.info import Info
from schema.provider.inputs import CodeableConceptInput
from schema.record.inputs.contents import content_of
from schema.record.inputs.entry import EntryInput
from schema.record.inputs.kinds import LabReportFields, ObservationFields
from schema.record.recorded import recorded
from schema.record.results import LabReport


@strawberry.input(description="One result of a laboratory report.")
class LabObservationInput(ObservationFields):
    code: CodeableConceptInput = strawberry.field(description="What was measured: LOINC or SNOMED CT.")


@strawberry.input(description="A laboratory report with its observations.")
class RecordLabReportInput(LabReportFields, EntryInput):
    code: CodeableConceptInput = strawberry.field(description="Which report: LOINC.")
    observations: list[LabObservationInput] = strawberry.field(
        default_factory=list, description="Its results, in the report's order; at most 200."
    )
    preliminary: bool = strawberry.field(default=False, description="Not verified yet: final once its author signs it.")


@strawberry.type(description="The report as it is in the record, or why not.")
class RecordLabReportPayload:
    lab_report: LabReport | None = strawberry.field(default=None, description="The new entry.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class RecordLabReport:
    @strawberry.mutation(
        description="Records a laboratory report and its observations, together or not at all.", directives=[auth(Role.PROVIDER)]
    )
    async def record_lab_report(
        self, info: Info, input: Annotated[RecordLabReportInput, strawberry.argument(description="The input.")]
    ) -> RecordLabReportPayload:
        entry = input.entry(preliminary=input.preliminary)
        results = [content_of(stored.Observation, each) for each in input.observations]
        work = record_lab_report(info.context, entry, content_of(stored.LabReport, input), results)
        lab_report, errors = await recorded(info, work, LabReport.from_document)
        return RecordLabReportPayload(lab_report=lab_report, errors=errors)
