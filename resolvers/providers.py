"""Finding providers, visit types and organizations: the directory."""

from dataclasses import dataclass

from models.organization import Organization
from models.provider import Provider
from models.visit_type import VisitMode, VisitType
from resolvers.context import RequestContext
from resolvers.pagination import Order, Page, PageRequest
from resolvers.queries import Filter, find_page
from resolvers.search import words_filter


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderCriteria:
    """``specialty`` is a code; ``mode`` keeps those who offer a visit type in that mode."""

    specialty: str | None = None
    language: str | None = None
    accepting_new_patients: bool | None = None
    mode: VisitMode | None = None
    search: str | None = None
    organization: str | None = None

    def filter(self, offering: list[str] | None) -> Filter:
        within: Filter = {}
        if self.search is not None:
            within.update(words_filter(self.search, ["where", "search"]))
        if self.specialty is not None:
            within["specialties.codings.code"] = self.specialty
        if self.language is not None:
            within["languages"] = self.language
        if self.accepting_new_patients is not None:
            within["accepting_new_patients"] = self.accepting_new_patients
        if self.organization is not None:
            within["organization_ids"] = self.organization
        if offering is not None:
            within["visit_type_ids"] = {"$in": offering}
        return within


async def find_providers(
    context: RequestContext, criteria: ProviderCriteria, order: Order, request: PageRequest
) -> Page[Provider]:
    offering = None if criteria.mode is None else await _visit_types_in(criteria.mode)
    return await find_page(Provider, context.access, criteria.filter(offering), order, request)


async def _visit_types_in(mode: VisitMode) -> list[str]:
    return [visit_type.id for visit_type in await VisitType.find({"modes": mode.value}).to_list()]


async def find_visit_types(context: RequestContext, order: Order, request: PageRequest) -> Page[VisitType]:
    return await find_page(VisitType, context.access, {}, order, request)


async def find_organizations(context: RequestContext, order: Order, request: PageRequest) -> Page[Organization]:
    return await find_page(Organization, context.access, {}, order, request)
