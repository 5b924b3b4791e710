"""Health education."""

from datetime import datetime

import strawberry

from models.education import EducationResource as EducationDocument
from models.education import EducationStatus, ReadingLevel
from resolvers.education_text import safe_html, sections_of
from resolvers.loaders.education_by_patient import Match
from resolvers.pagination import Page
from schema.authorization import auth
from schema.connection import Connection, nodes_of
from schema.info import Info
from schema.node import Node, global_id
from schema.record.clinical import Condition
from schema.rights import CARE, EVERYBODY
from schema.shown_enum import show
from schema.values import CodeableConcept, shown

show(
    EducationStatus,
    "Where an article stands.",
    DRAFT="Being written.",
    PUBLISHED="For everybody to read.",
    RETIRED="Not right any more: for editors only.",
)
show(
    ReadingLevel,
    "How hard an article is to read, by school grade in the USA.",
    EASY="To grade 6.",
    AVERAGE="To grade 9.",
    ADVANCED="Above.",
)


@strawberry.type(description="A part of an article.")
class EducationSection:
    heading: str | None = strawberry.field(description="Its heading; null for what stands before the first.")
    markdown: str = strawberry.field(description="Its text in Markdown (CommonMark, tables).")
    html: str = strawberry.field(description="The same in HTML that may stand in any page: no scripts, styles or pictures.")


@strawberry.type(description="An article for patients.", directives=[auth(*EVERYBODY)])
class EducationResource(Node):
    key: str = strawberry.field(description="The same for an article in all its languages.")
    status: EducationStatus = strawberry.field(description="Where it stands.")
    title: str = strawberry.field(description="What it is called.")
    summary: str = strawberry.field(description="What it says, in a sentence or two.")
    body: str = strawberry.field(description="What it says, in Markdown.")
    language: str = strawberry.field(description="The language it is in (BCP 47).")
    reading_level: ReadingLevel | None = strawberry.field(description="How hard it is to read; null where nobody has said.")
    reading_grade: float | None = strawberry.field(description="Of English, by its text: the Flesch-Kincaid grade.")
    topics: list[CodeableConcept] = strawberry.field(description="What it is about: SNOMED CT or ICD-10-CM.")
    source_url: str | None = strawberry.field(description="Where it comes from.")
    reviewed_at: datetime | None = strawberry.field(description="When somebody last held it against what is known.")
    published_at: datetime | None = strawberry.field(description="Null while it is being written.")
    retired_at: datetime | None = strawberry.field(description="Null while it holds.")
    revision: int = strawberry.field(description="Rises with each change: for `expectedRevision`.")
    match: strawberry.Private[Match | None] = None
    document: strawberry.Private[EducationDocument]

    @strawberry.field(description="`body` in HTML that may stand in any page: no scripts, styles or pictures.")
    def body_html(self) -> str:
        return safe_html(self.document.body)

    @strawberry.field(description="`body`, cut at its headings.")
    def sections(self) -> list[EducationSection]:
        found = sections_of(self.document.body)
        return [EducationSection(heading=each.heading, markdown=each.markdown, html=safe_html(each.markdown)) for each in found]

    @strawberry.field(
        description="The caller's own active conditions it is offered for, newest first; of the patient it was reached from.",
        directives=[auth(*CARE)],
    )
    async def reasons(self, info: Info) -> list[Condition]:
        match = await self._match(info)
        return [Condition.from_document(condition) for condition in match.reasons] if match else []

    @strawberry.field(
        description="When the caller, or the patient it was reached from, marked it as read; of what is offered to them.",
        directives=[auth(*CARE)],
    )
    async def read_at(self, info: Info) -> datetime | None:
        match = await self._match(info)
        return match.read_at if match else None

    async def _match(self, info: Info) -> Match | None:
        own = info.context.principal.patient_id
        if self.match is not None or own is None:
            return self.match
        matches = await info.context.loaders.education.load(own)
        return next((found for found in matches if found.resource.id == self.document.id), None)

    @classmethod
    def from_document(cls, document: EducationDocument, match: Match | None = None) -> "EducationResource":
        return cls(
            id=global_id("EducationResource", document.id),
            key=document.key,
            status=document.status,
            title=document.title,
            summary=document.summary,
            body=document.body,
            language=document.language,
            reading_level=document.reading_level,
            reading_grade=document.reading_grade,
            topics=shown(document.topics),
            source_url=document.source_url,
            reviewed_at=document.reviewed_at,
            published_at=document.published_at,
            retired_at=document.retired_at,
            revision=document.revision,
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
