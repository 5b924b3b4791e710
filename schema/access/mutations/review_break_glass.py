"""reviewBreakGlass."""

from typing import Annotated

import strawberry

from models.break_glass import ReviewFinding
from models.role import Role
from resolvers.break_glass_reviews import review_break_glass
from resolvers.user_errors import Rejected
from schema.access.types import BreakGlassGrant
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.node import id_of


@strawberry.input(description="What a review found.")
class ReviewBreakGlassInput:
    grant: strawberry.ID = strawberry.field(description="Which grant.")
    finding: ReviewFinding = strawberry.field(description="Whether it was right.")
    note: str = strawberry.field(description="Why, in 3 to 1000 characters.")
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="The grant as reviewed, or why not.")
class ReviewBreakGlassPayload:
    grant: BreakGlassGrant | None = strawberry.field(default=None, description="The grant with its review.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class ReviewBreakGlass:
    @strawberry.mutation(
        description="Writes down what the review of a grant found: once, and not by whoever had the grant.",
        directives=[auth(Role.ADMIN)],
    )
    async def review_break_glass(
        self, info: Info, input: Annotated[ReviewBreakGlassInput, strawberry.argument(description="The input.")]
    ) -> ReviewBreakGlassPayload:
        grant_id = id_of("BreakGlassGrant", input.grant, ["input", "grant"]) or ""
        try:
            grant = await review_break_glass(info.context, grant_id, input.finding, input.note, input.idempotency_key)
        except Rejected as rejection:
            return ReviewBreakGlassPayload(errors=shown_errors(rejection))
        return ReviewBreakGlassPayload(grant=BreakGlassGrant.from_document(grant), errors=[])
