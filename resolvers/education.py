"""Finding health education."""

from dataclasses import dataclass

from models.education import EducationResource
from resolvers.context import RequestContext
from resolvers.pagination import Order, Page, PageRequest
from resolvers.queries import Filter, find_page
from resolvers.search import words_filter


@dataclass(frozen=True, slots=True, kw_only=True)
class EducationCriteria:
    """``topic`` is a code (SNOMED CT or ICD-10-CM)."""

    search: str | None = None
    language: str | None = None
    topic: str | None = None

    def filter(self) -> Filter:
        within: Filter = {}
        if self.search is not None:
            within.update(words_filter(self.search, ["where", "search"]))
        if self.language is not None:
            within["language"] = self.language
        if self.topic is not None:
            within["topics.codings.code"] = self.topic
        return within


async def find_education(
    context: RequestContext, criteria: EducationCriteria, order: Order, request: PageRequest
) -> Page[EducationResource]:
    return await find_page(EducationResource, context.access, criteria.filter(), order, request)
