"""recordCoverageVerification."""

from datetime import datetime
from typing import Annotated

import strawberry

from models.coverage import EligibilityCheck as CheckDocument
from models.coverage import Network
from models.role import Role
from resolvers.eligibility.recording import Told, record_verification
from resolvers.user_errors import Rejected
from schema.authorization import auth
from schema.coverage.inputs import BenefitsInput
from schema.coverage.mutations.checked import coverage_of
from schema.coverage.types import Coverage, EligibilityCheck
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.node import id_of


@strawberry.input(description="What staff were told about a coverage.")
class RecordCoverageVerificationInput:
    coverage: strawberry.ID = strawberry.field(description="Which coverage.")
    in_force: bool = strawberry.field(description="Whether it is in force.")
    service_type: str = strawberry.field(default="30", description="X12 service type code that the benefits are for.")
    network: Network = strawberry.field(default=Network.ANY, description="Which providers the benefits hold with.")
    benefits: BenefitsInput | None = strawberry.field(default=None, description="What the plan pays, as far as it was said.")
    reference: str | None = strawberry.field(default=None, description="The number that the payer gave to the call.")
    message: str | None = strawberry.field(default=None, description="What else was said; at most 2000 characters.")
    checked_at: datetime | None = strawberry.field(default=None, description="When it was said; now when not given.")
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="What was recorded, or why not.")
class RecordCoverageVerificationPayload:
    verification: EligibilityCheck | None = strawberry.field(default=None, description="The answer as it is kept.")
    coverage: Coverage | None = strawberry.field(default=None, description="The coverage, with what is known of it now.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class RecordCoverageVerification:
    @strawberry.mutation(
        description="Keeps what staff were told of a coverage, on the telephone or at a payer's own pages.",
        directives=[auth(Role.STAFF)],
    )
    async def record_coverage_verification(
        self, info: Info, input: Annotated[RecordCoverageVerificationInput, strawberry.argument(description="The input.")]
    ) -> RecordCoverageVerificationPayload:
        coverage_id = id_of("Coverage", input.coverage, ["input", "coverage"]) or ""
        try:
            told = Told(
                coverage_id=coverage_id,
                in_force=input.in_force,
                service_type=input.service_type,
                network=input.network,
                benefits=None if input.benefits is None else input.benefits.cleaned(),
                reference=input.reference,
                message=input.message,
                checked_at=input.checked_at,
            )
            check_id = await record_verification(info.context, told, input.idempotency_key)
        except Rejected as rejection:
            return RecordCoverageVerificationPayload(errors=shown_errors(rejection))
        check: CheckDocument | None = await info.context.loaders.by_id(CheckDocument).load(check_id)
        return RecordCoverageVerificationPayload(
            verification=None if check is None else EligibilityCheck.from_document(check),
            coverage=await coverage_of(info, coverage_id),
            errors=[],
        )
