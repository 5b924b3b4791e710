"""amendRecord."""

from enum import Enum
from typing import Annotated

import strawberry

from models.record import RecordStatus
from models.role import Role
from schema.authorization import auth
from schema.info import Info
from schema.record.amending import amended
from schema.record.change_payload import RecordChangePayload, changed_record
from schema.record.inputs.amendments import (
    AllergyAmendment,
    ConditionAmendment,
    DocumentAmendment,
    ImmunizationAmendment,
    LabReportAmendment,
    MedicationAmendment,
    NoteAmendment,
    ObservationAmendment,
    ProcedureAmendment,
)
from schema.record.types import record_id_of


@strawberry.enum(description="What an amendment is.")
class AmendmentKind(Enum):
    AMENDED = strawberry.enum_value(RecordStatus.AMENDED, description="Something was added or has changed.")
    CORRECTED = strawberry.enum_value(RecordStatus.CORRECTED, description="What was there was wrong.")


@strawberry.input(description="What changes of an entry. Exactly one part is given: that of the entry's kind.")
class AmendRecordInput:
    record: strawberry.ID = strawberry.field(description="The entry.")
    expected_version: int = strawberry.field(description="The version that the change was made from; another one is a Conflict.")
    reason: str = strawberry.field(description="Why, 3 to 500 characters. Kept with the version.")
    kind: AmendmentKind = strawberry.field(default=AmendmentKind.AMENDED, description="What it is. A draft stays a draft.")
    allergy: AllergyAmendment | None = strawberry.field(default=None, description="Of an allergy.")
    condition: ConditionAmendment | None = strawberry.field(default=None, description="Of a condition.")
    document: DocumentAmendment | None = strawberry.field(default=None, description="Of a document.")
    immunization: ImmunizationAmendment | None = strawberry.field(default=None, description="Of a vaccination.")
    lab_report: LabReportAmendment | None = strawberry.field(default=None, description="Of a laboratory report.")
    medication: MedicationAmendment | None = strawberry.field(default=None, description="Of a prescription.")
    note: NoteAmendment | None = strawberry.field(default=None, description="Of a note.")
    observation: ObservationAmendment | None = strawberry.field(default=None, description="Of an observation.")
    procedure: ProcedureAmendment | None = strawberry.field(default=None, description="Of a procedure.")
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="The entry as amended, or why not.")
class AmendRecordPayload(RecordChangePayload):
    pass


@strawberry.type
class AmendRecord:
    @strawberry.mutation(
        description="Amends an entry: a new version, beside the one before. Of two who amend one version, one gets a Conflict.",
        directives=[auth(Role.PROVIDER)],
    )
    async def amend_record(
        self, info: Info, input: Annotated[AmendRecordInput, strawberry.argument(description="The input.")]
    ) -> AmendRecordPayload:
        record_id = record_id_of(input.record, ["input", "record"])
        done = await changed_record(info, record_id, amended(info, record_id, input))
        return AmendRecordPayload(record=done.record, errors=done.errors)
