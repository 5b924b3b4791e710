"""updateEducationResource."""

from typing import Annotated

import strawberry

from models.role import Role
from resolvers.education_writing.writing import update_article
from schema.authorization import auth
from schema.education.inputs import ArticleFields
from schema.education.payload import EducationPayload, edited
from schema.info import Info
from schema.node import id_of


@strawberry.input(description="Changes to an article. What is not given stays.")
class UpdateEducationResourceInput(ArticleFields):
    id: strawberry.ID = strawberry.field(description="Which article.")
    title: str | None = strawberry.field(default=None, description="What it is called.")
    key: str | None = strawberry.field(default=None, description="That of the same article in another language.")
    language: str | None = strawberry.field(default=None, description="The language it is in (BCP 47).")
    expected_revision: int | None = strawberry.field(
        default=None, description="Refuse with a Conflict unless it is still at this revision."
    )
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="The article as changed, or why not.")
class UpdateEducationResourcePayload(EducationPayload):
    pass


@strawberry.type
class UpdateEducationResource:
    @strawberry.mutation(
        description="Changes an article. One that is published stays so, and stays fit for it.",
        directives=[auth(Role.STAFF, Role.ADMIN)],
    )
    async def update_education_resource(
        self, info: Info, input: Annotated[UpdateEducationResourceInput, strawberry.argument(description="The input.")]
    ) -> UpdateEducationResourcePayload:
        article_id = id_of("EducationResource", input.id, ["input", "id"]) or ""
        wish = input.wish_of(input.key, input.language, input.title)
        work = update_article(info.context, article_id, wish, input.expected_revision, input.idempotency_key)
        resource, errors = await edited(work)
        return UpdateEducationResourcePayload(education_resource=resource, errors=errors)
