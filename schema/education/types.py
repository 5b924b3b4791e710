"""Health education."""

from datetime import datetime

import strawberry

from models.education import EducationResource as EducationDocument
from resolvers.loaders.education_by_patient import Match
from resolvers.pagination import Page
from schema.authorization import auth
from schema.connection import Connection, nodes_of
from schema.info import Info
from schema.node import Node, global_id
from schema.record.clinical import Condition
from schema.rights import CARE, EVERYBODY
from schema.values import CodeableConcept, shown


@strawberry.type(description="An article for patients.", directives=[auth(*EVERYBODY)])
class EducationResource(Node):
    title: str = strawberry.field(description="What it is called.")
    summary: str = strawberry.field(description="What it says, in a sentence or two.")
    body: str = strawberry.field(description="What it says, in Markdown.")
    language: str = strawberry.field(description="The language it is in (BCP 47).")
    topics: list[CodeableConcept] = strawberry.field(description="What it is about.")
    source_url: str | None = strawberry.field(description="Where it comes from.")
    published_at: datetime | None = strawberry.field(description="Null while it is being written.")
    match: strawberry.Private[Match | None] = None
    document: strawberry.Private[EducationDocument]

    @strawberry.field(
        description="The caller's own active conditions it is offered for, newest first; of the patient it was reached from.",
        directives=[auth(*CARE)],
    )
    async def reasons(self, info: Info) -> list[Condition]:
        match = self.match
        own = info.context.principal.patient_id
        if match is None and own is not None:
            matches = await info.context.loaders.education.load(own)
            match = next((found for found in matches if found.resource.id == self.document.id), None)
        return [Condition.from_document(condition) for condition in match.reasons] if match else []

    @classmethod
    def from_document(cls, document: EducationDocument, match: Match | None = None) -> "EducationResource":
        return cls(
            id=global_id("EducationResource", document.id),
            title=document.title,
            summary=document.summary,
            body=document.body,
            language=document.language,
            topics=shown(document.topics),
            source_url=document.source_url,
            published_at=document.published_at,
            match=match,
            document=document,
        )

    @classmethod
    def from_match(cls, match: Match) -> "EducationResource":
        return cls.from_document(match.resource, match)


@strawberry.type(description="Education resources, a page at a time.", directives=[auth(*EVERYBODY)])
class EducationResourceConnection(Connection[EducationResource]):
    @classmethod
    def of(cls, page: Page[EducationDocument]) -> "EducationResourceConnection":
        return cls(nodes=nodes_of(page, EducationResource.from_document), page=page)
