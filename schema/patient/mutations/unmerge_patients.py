"""unmergePatients."""

from typing import Annotated

import strawberry

from models.role import Role
from resolvers.patient_merge.unmerge import unmerge_patients
from resolvers.user_errors import Rejected
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.node import id_of
from schema.patient.merges import PatientMerge


@strawberry.input(description="A merge that was wrong.")
class UnmergePatientsInput:
    merge: strawberry.ID = strawberry.field(description="Which merge.")
    reason: str = strawberry.field(description="Why it was wrong; at most 500 characters.")
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="The merge as undone, with both patients, or why not.")
class UnmergePatientsPayload:
    merge: PatientMerge | None = strawberry.field(default=None, description="The merge, with the two patients as they are now.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class UnmergePatients:
    @strawberry.mutation(
        description="Undoes a merge: what came with the merged patient goes back, and what was written about it since; all else "
        "stays with the kept one. Rights that ended meanwhile stay ended.",
        directives=[auth(Role.STAFF)],
    )
    async def unmerge_patients(
        self, info: Info, input: Annotated[UnmergePatientsInput, strawberry.argument(description="The input.")]
    ) -> UnmergePatientsPayload:
        merge_id = id_of("PatientMerge", input.merge, ["input", "merge"]) or ""
        try:
            merge = await unmerge_patients(info.context, merge_id, input.reason, input.idempotency_key)
        except Rejected as rejection:
            return UnmergePatientsPayload(errors=shown_errors(rejection))
        return UnmergePatientsPayload(merge=PatientMerge.from_document(merge), errors=[])
