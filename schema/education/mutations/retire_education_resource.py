"""retireEducationResource."""

from typing import Annotated

import strawberry

from models.role import Role
from resolvers.education_writing.publishing import retire_article
from schema.authorization import auth
from schema.education.payload import EducationPayload, edited
from schema.info import Info
from schema.node import id_of


@strawberry.input(description="Which article holds no longer.")
class RetireEducationResourceInput:
    id: strawberry.ID = strawberry.field(description="Which article.")
    expected_revision: int | None = strawberry.field(
        default=None, description="Refuse with a Conflict unless it is still at this revision."
    )
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="The retired article, or why not.")
class RetireEducationResourcePayload(EducationPayload):
    pass


@strawberry.type
class RetireEducationResource:
    @strawberry.mutation(
        description="Takes an article back: patients are not offered it any more, and do not find it.",
        directives=[auth(Role.STAFF, Role.ADMIN)],
    )
    async def retire_education_resource(
        self, info: Info, input: Annotated[RetireEducationResourceInput, strawberry.argument(description="The input.")]
    ) -> RetireEducationResourcePayload:
        article_id = id_of("EducationResource", input.id, ["input", "id"]) or ""
        resource, errors = await edited(retire_article(info.context, article_id, input.expected_revision, input.idempotency_key))
        return RetireEducationResourcePayload(education_resource=resource, errors=errors)
