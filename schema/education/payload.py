"""What the mutations of editors give."""

from collections.abc import Awaitable

import strawberry

from models.education import EducationResource as EducationDocument
from resolvers.user_errors import Rejected
from schema.education.types import EducationResource
from schema.errors import UserError, shown_errors


@strawberry.type(description="The article, or why not.")
class EducationPayload:
    education_resource: EducationResource | None = strawberry.field(default=None, description="The article after the change.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


async def edited(work: Awaitable[EducationDocument]) -> tuple[EducationResource | None, list[UserError]]:
    try:
        return EducationResource.from_document(await work), []
    except Rejected as rejection:
        return None, shown_errors(rejection)
