"""verifyCoverage."""

from datetime import date
from typing import Annotated

import strawberry

from models.coverage import EligibilityCheck as CheckDocument
from models.role import Role
from resolvers.eligibility.asking import USUAL_SERVICES, Verifying, verify_coverage
from resolvers.user_errors import Rejected
from schema.authorization import auth
from schema.coverage.mutations.checked import coverage_of
from schema.coverage.types import Coverage, EligibilityCheck
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.node import id_of


@strawberry.input(description="What to ask a payer.")
class VerifyCoverageInput:
    coverage: strawberry.ID = strawberry.field(description="Which coverage.")
    service_types: list[str] = strawberry.field(
        default_factory=lambda: list(USUAL_SERVICES),
        description="X12 service type codes, at most 10; 30 is the plan as a whole, 98 a visit. The first is the one that "
        "`benefits` of the answer are about.",
    )
    on: date | None = strawberry.field(default=None, description="As of this day, in this year; today when not given.")
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="The payer's answer, or why it was not asked.")
class VerifyCoveragePayload:
    verification: EligibilityCheck | None = strawberry.field(
        default=None, description="The answer. That there was none is said by its `outcome`, and kept, too."
    )
    coverage: Coverage | None = strawberry.field(default=None, description="The coverage, with what is known of it now.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class VerifyCoverage:
    @strawberry.mutation(
        description="Asks the payer whether a coverage holds and what it pays; takes up to 20 seconds. A payer that is down, or "
        "talks nonsense, changes nothing of what is known.",
        directives=[auth(Role.STAFF)],
    )
    async def verify_coverage(
        self, info: Info, input: Annotated[VerifyCoverageInput, strawberry.argument(description="The input.")]
    ) -> VerifyCoveragePayload:
        coverage_id = id_of("Coverage", input.coverage, ["input", "coverage"]) or ""
        wish = Verifying(coverage_id=coverage_id, service_types=input.service_types, on=input.on)
        try:
            check_id = await verify_coverage(info.context, wish, input.idempotency_key)
        except Rejected as rejection:
            return VerifyCoveragePayload(errors=shown_errors(rejection))
        check: CheckDocument | None = await info.context.loaders.by_id(CheckDocument).load(check_id)
        return VerifyCoveragePayload(
            verification=None if check is None else EligibilityCheck.from_document(check),
            coverage=await coverage_of(info, coverage_id),
            errors=[],
        )
