"""updateCoverage."""

from typing import Annotated

import strawberry

from models.coverage import CoverageOrder, CoverageStatus, SubscriberRelationship
from models.role import Role
from resolvers.coverage_writing.updating import update_coverage
from resolvers.user_errors import Rejected
from schema.authorization import auth
from schema.coverage.inputs import CoverageFields
from schema.coverage.types import Coverage
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.node import id_of


@strawberry.input(description="Changes to a coverage. What is not given stays; what is given as null is cleared.")
class UpdateCoverageInput(CoverageFields):
    id: strawberry.ID = strawberry.field(description="Which coverage.")
    payer: str | None = strawberry.field(default=None, description="The insurer; stays as it is once it was verified.")
    order: CoverageOrder | None = strawberry.field(default=None, description="Whether it pays first, second or third.")
    relationship: SubscriberRelationship | None = strawberry.field(
        default=None, description="What the patient is to the subscriber; stays as it is once it was verified."
    )
    status: CoverageStatus | None = strawberry.field(
        default=None, description="CANCELLED ends it; ENTERED_IN_ERROR, for staff, takes it out of sight for good."
    )
    expected_revision: int | None = strawberry.field(
        default=None, description="The revision that the caller knows; a Conflict when there is a newer one."
    )
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="The coverage as changed, or why not.")
class UpdateCoveragePayload:
    coverage: Coverage | None = strawberry.field(default=None, description="The coverage after the change.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class UpdateCoverage:
    @strawberry.mutation(
        description="Changes or ends a coverage: patients and their proxies for BILLING their own, staff anybody's. Payer, "
        "member id and subscriber stay as they are once they were verified: end it then, and add another.",
        directives=[auth(Role.PATIENT, Role.STAFF)],
    )
    async def update_coverage(
        self, info: Info, input: Annotated[UpdateCoverageInput, strawberry.argument(description="The input.")]
    ) -> UpdateCoveragePayload:
        coverage_id = id_of("Coverage", input.id, ["input", "id"]) or ""
        wish = input.wish_of(input.payer, input.order, input.relationship, input.status)
        try:
            await update_coverage(info.context, coverage_id, wish, input.expected_revision, input.idempotency_key)
        except Rejected as rejection:
            return UpdateCoveragePayload(errors=shown_errors(rejection))
        found = await info.context.loaders.coverages.load(coverage_id)
        return UpdateCoveragePayload(coverage=None if found is None else Coverage.from_document(found), errors=[])
