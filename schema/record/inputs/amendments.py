"""What can be amended of each kind of entry. Only what is given changes; null clears where nothing may stand."""

import strawberry
from strawberry import UNSET

from models.record import AllergyStatus, ConditionStatus, MedicationStatus
from schema.provider.inputs import CodeableConceptInput
from schema.record.inputs.acknowledgements import AcknowledgedAllergyInput
from schema.record.inputs.entry import AmendedEntry
from schema.record.inputs.kinds import (
    AllergyFields,
    ConditionFields,
    ImmunizationFields,
    LabReportFields,
    MedicationFields,
    ObservationFields,
    ProcedureFields,
)


@strawberry.input(description="Changes to an allergy.")
class AllergyAmendment(AllergyFields, AmendedEntry):
    code: CodeableConceptInput | None = strawberry.field(default=UNSET, description="To what.")
    clinical_status: AllergyStatus | None = strawberry.field(default=UNSET, description="Whether it still stands.")


@strawberry.input(description="Changes to a condition.")
class ConditionAmendment(ConditionFields, AmendedEntry):
    code: CodeableConceptInput | None = strawberry.field(default=UNSET, description="Which problem or diagnosis.")
    clinical_status: ConditionStatus | None = strawberry.field(default=UNSET, description="Whether it is present.")


@strawberry.input(description="Changes to a prescription. It is checked against known allergies again.")
class MedicationAmendment(MedicationFields, AmendedEntry):
    code: CodeableConceptInput | None = strawberry.field(default=UNSET, description="Which medication.")
    request_status: MedicationStatus | None = strawberry.field(default=UNSET, description="Where it stands.")
    acknowledged_allergies: list[AcknowledgedAllergyInput] = strawberry.field(
        default_factory=list, description="Allergies that were warned of, not acknowledged yet, each with a reason."
    )


@strawberry.input(description="Changes to a vaccination.")
class ImmunizationAmendment(ImmunizationFields, AmendedEntry):
    code: CodeableConceptInput | None = strawberry.field(default=UNSET, description="Which vaccine.")
    given: bool | None = strawberry.field(default=UNSET, description="False when it was offered and not given.")


@strawberry.input(description="Changes to a measurement. With another value, who took a critical one in hand is asked again.")
class ObservationAmendment(ObservationFields, AmendedEntry):
    code: CodeableConceptInput | None = strawberry.field(default=UNSET, description="What was measured.")


@strawberry.input(description="Changes to a laboratory report; its observations are amended one by one.")
class LabReportAmendment(LabReportFields, AmendedEntry):
    code: CodeableConceptInput | None = strawberry.field(default=UNSET, description="Which report: LOINC.")


@strawberry.input(description="Changes to a procedure.")
class ProcedureAmendment(ProcedureFields, AmendedEntry):
    code: CodeableConceptInput | None = strawberry.field(default=UNSET, description="What was done.")


@strawberry.input(description="Changes to a note, by its author.")
class NoteAmendment(AmendedEntry):
    text: str | None = strawberry.field(default=UNSET, description="The note, at most 100000 characters.")


@strawberry.input(description="Changes to what is said of a document, by its author. Another file is another document.")
class DocumentAmendment(AmendedEntry):
    title: str | None = strawberry.field(default=UNSET, description="What it is called: at most 200 characters.")
