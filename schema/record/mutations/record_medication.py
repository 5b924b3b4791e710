"""recordMedication."""

from typing import Annotated

import strawberry

import models.record as stored
from models.record import MedicationStatus
from models.role import Role
from resolvers.record_writing.record_medication import record_medication
from schema.authorization import auth
from schema.errors import UserError
from schema.info import Info
from schema.provider.inputs import CodeableConceptInput
from schema.record.clinical import Medication
from schema.record.inputs.acknowledgements import AcknowledgedAllergyInput, acknowledged
from schema.record.inputs.contents import content_of
from schema.record.inputs.entry import EntryInput
from schema.record.inputs.kinds import MedicationFields
from schema.record.recorded import recorded


@strawberry.input(description="A prescription for a patient.")
class RecordMedicationInput(MedicationFields, EntryInput):
    code: CodeableConceptInput = strawberry.field(
        description="Which medication, in RxNorm if it is to be checked against allergies; words alone will do."
    )
    request_status: MedicationStatus = strawberry.field(default=MedicationStatus.ACTIVE, description="Where it stands.")
    acknowledged_allergies: list[AcknowledgedAllergyInput] = strawberry.field(
        default_factory=list, description="Allergies that were warned of, each with a reason; at most 20."
    )


@strawberry.type(description="The prescription as it is in the record, or why not.")
class RecordMedicationPayload:
    medication: Medication | None = strawberry.field(default=None, description="The new entry.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class RecordMedication:
    @strawberry.mutation(
        description="Records a prescription. A known allergy to an ingredient, by code, is an AllergyWarning until acknowledged.",
        directives=[auth(Role.PROVIDER)],
    )
    async def record_medication(
        self, info: Info, input: Annotated[RecordMedicationInput, strawberry.argument(description="The input.")]
    ) -> RecordMedicationPayload:
        known = acknowledged(input.acknowledged_allergies, ["input", "acknowledgedAllergies"])
        content = content_of(stored.Medication, input)
        content.pop("acknowledged_allergies", None)
        work = record_medication(info.context, input.entry(), content, known)
        medication, errors = await recorded(info, work, Medication.from_document)
        return RecordMedicationPayload(medication=medication, errors=errors)
