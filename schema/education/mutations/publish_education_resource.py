"""publishEducationResource."""

from typing import Annotated

import strawberry

from models.role import Role
from resolvers.education_writing.publishing import publish_article
from schema.authorization import auth
from schema.education.payload import EducationPayload, edited
from schema.info import Info
from schema.node import id_of


@strawberry.input(description="Which article is for everybody to read.")
class PublishEducationResourceInput:
    id: strawberry.ID = strawberry.field(description="Which article.")
    expected_revision: int | None = strawberry.field(
        default=None, description="Refuse with a Conflict unless it is still at this revision."
    )
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="The published article, or why not.")
class PublishEducationResourcePayload(EducationPayload):
    pass


@strawberry.type
class PublishEducationResource:
    @strawberry.mutation(
        description="Publishes a draft, or what was retired. It needs a summary, a topic and a text.",
        directives=[auth(Role.STAFF, Role.ADMIN)],
    )
    async def publish_education_resource(
        self, info: Info, input: Annotated[PublishEducationResourceInput, strawberry.argument(description="The input.")]
    ) -> PublishEducationResourcePayload:
        article_id = id_of("EducationResource", input.id, ["input", "id"]) or ""
        resource, errors = await edited(publish_article(info.context, article_id, input.expected_revision, input.idempotency_key))
        return PublishEducationResourcePayload(education_resource=resource, errors=errors)
