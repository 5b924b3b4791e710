"""mergePatients."""

from typing import Annotated

import strawberry

from models.patient import Patient as PatientDocument
from models.role import Role
from resolvers.patient_merge.clashes import AccountOf
from resolvers.patient_merge.merge import MergeWish, merge_patients
from resolvers.user_errors import Rejected
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.node import id_of
from schema.patient.merges import PatientMerge
from schema.patient.types import Patient
from schema.shown_enum import show

show(
    AccountOf,
    "Which of two accounts signs in for a patient.",
    KEEP="The kept patient's; the other one is nobody's from then on.",
    MERGE="The merged patient's; the other one is nobody's from then on.",
)


@strawberry.input(description="The revisions that were looked at.")
class MergeRevisionsInput:
    keep: int | None = strawberry.field(default=None, description="Of the patient to keep.")
    merge: int | None = strawberry.field(default=None, description="Of the patient to merge.")


@strawberry.input(description="Two patients who are one person.")
class MergePatientsInput:
    keep: strawberry.ID = strawberry.field(description="The patient to keep, whose profile and MRN stand.")
    merge: strawberry.ID = strawberry.field(description="The patient who becomes part of the other.")
    reason: str = strawberry.field(description="Why they are one person; at most 500 characters.")
    keep_account_of: AccountOf | None = strawberry.field(
        default=None, description="Asked for where both have an account: whose signs in for the patient afterwards."
    )
    expected_revisions: MergeRevisionsInput | None = strawberry.field(
        default=None, description="Refuse with a Conflict unless the profiles are still at these revisions."
    )
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="The kept patient with all there is, or why not.")
class MergePatientsPayload:
    patient: Patient | None = strawberry.field(default=None, description="The kept patient after the merge.")
    merge: PatientMerge | None = strawberry.field(default=None, description="The merge: its id undoes it.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class MergePatients:
    @strawberry.mutation(
        description="Makes one patient of two: all that names the merged one names the kept one, whose accounts and proxies see "
        "it all. The merged one is gone from every list; their MRN finds the kept one. Can be undone with unmergePatients.",
        directives=[auth(Role.STAFF)],
    )
    async def merge_patients(
        self, info: Info, input: Annotated[MergePatientsInput, strawberry.argument(description="The input.")]
    ) -> MergePatientsPayload:
        revisions = input.expected_revisions or MergeRevisionsInput()
        wish = MergeWish(
            keep_id=id_of("Patient", input.keep, ["input", "keep"]) or "",
            merge_id=id_of("Patient", input.merge, ["input", "merge"]) or "",
            reason=input.reason,
            account_of=input.keep_account_of,
            keep_revision=revisions.keep,
            merge_revision=revisions.merge,
        )
        try:
            merge = await merge_patients(info.context, wish, input.idempotency_key)
        except Rejected as rejection:
            return MergePatientsPayload(errors=shown_errors(rejection))
        kept: PatientDocument | None = await info.context.loaders.patients.load(merge.patient_id)
        patient = None if kept is None else Patient.from_document(kept)
        return MergePatientsPayload(patient=patient, merge=PatientMerge.from_document(merge), errors=[])
