"""createEducationResource."""

from typing import Annotated

import strawberry

from models.role import Role
from resolvers.education_writing.writing import create_article
from schema.authorization import auth
from schema.education.inputs import ArticleFields
from schema.education.payload import EducationPayload, edited
from schema.info import Info


@strawberry.input(description="A new article, as a draft.")
class CreateEducationResourceInput(ArticleFields):
    title: str = strawberry.field(description="What it is called.")
    key: str | None = strawberry.field(
        default=None, description="That of the same article in another language, or a new one: type-2-diabetes."
    )
    language: str = strawberry.field(default="en", description="The language it is in (BCP 47).")
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="The draft, or why not.")
class CreateEducationResourcePayload(EducationPayload):
    pass


@strawberry.type
class CreateEducationResource:
    @strawberry.mutation(description="Begins an article: a draft that editors see.", directives=[auth(Role.STAFF, Role.ADMIN)])
    async def create_education_resource(
        self, info: Info, input: Annotated[CreateEducationResourceInput, strawberry.argument(description="The input.")]
    ) -> CreateEducationResourcePayload:
        wish = input.wish_of(input.key, input.language, input.title)
        resource, errors = await edited(create_article(info.context, wish, input.idempotency_key))
        return CreateEducationResourcePayload(education_resource=resource, errors=errors)
