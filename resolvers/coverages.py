"""Finding coverages."""

from dataclasses import dataclass

from models.coverage import Coverage, CoverageStatus
from resolvers.context import RequestContext
from resolvers.pagination import Order, Page, PageRequest
from resolvers.queries import Filter, find_page


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageCriteria:
    patient: str | None = None
    status: list[CoverageStatus] | None = None
    payer: str | None = None

    def filter(self) -> Filter:
        within: Filter = {}
        if self.patient is not None:
            within["patient_id"] = self.patient
        if self.status is not None:
            within["status"] = {"$in": [status.value for status in self.status]}
        if self.payer is not None:
            within["payer"] = self.payer
        return within


async def find_coverages(
    context: RequestContext, criteria: CoverageCriteria, order: Order, request: PageRequest
) -> Page[Coverage]:
    return await find_page(Coverage, context.access, criteria.filter(), order, request)
