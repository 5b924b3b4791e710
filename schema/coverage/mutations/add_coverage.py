"""addCoverage."""

from typing import Annotated

import strawberry

from models.coverage import CoverageOrder, CoverageStatus, SubscriberRelationship
from models.role import Role
from resolvers.coverage_writing.adding import add_coverage
from resolvers.user_errors import Rejected
from schema.authorization import auth
from schema.coverage.inputs import CoverageFields
from schema.coverage.types import Coverage
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.node import id_of


@strawberry.input(description="A patient's insurance.")
class AddCoverageInput(CoverageFields):
    patient: strawberry.ID = strawberry.field(description="Who is covered.")
    payer: str = strawberry.field(description="The insurer; `payers` has those that the clinic knows.")
    order: CoverageOrder = strawberry.field(default=CoverageOrder.PRIMARY, description="Whether it pays first, second or third.")
    relationship: SubscriberRelationship = strawberry.field(
        default=SubscriberRelationship.SELF, description="What the patient is to the subscriber."
    )
    status: CoverageStatus = strawberry.field(default=CoverageStatus.ACTIVE, description="ACTIVE or DRAFT.")
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="The coverage, or why not.")
class AddCoveragePayload:
    coverage: Coverage | None = strawberry.field(default=None, description="The new coverage.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class AddCoverage:
    @strawberry.mutation(
        description="Adds a patient's insurance: patients and their proxies for BILLING to their own, staff to anybody's. Of "
        "active coverages of one order no two hold at the same time.",
        directives=[auth(Role.PATIENT, Role.STAFF)],
    )
    async def add_coverage(
        self, info: Info, input: Annotated[AddCoverageInput, strawberry.argument(description="The input.")]
    ) -> AddCoveragePayload:
        patient_id = id_of("Patient", input.patient, ["input", "patient"]) or ""
        wish = input.wish_of(input.payer, input.order, input.relationship, input.status)
        try:
            coverage_id = await add_coverage(info.context, patient_id, wish, input.idempotency_key)
        except Rejected as rejection:
            return AddCoveragePayload(errors=shown_errors(rejection))
        found = await info.context.loaders.coverages.load(coverage_id)
        return AddCoveragePayload(coverage=None if found is None else Coverage.from_document(found), errors=[])
