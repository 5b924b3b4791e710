"""Finding coverages, and judging how fresh a verification is."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.coverage import Coverage, CoverageStatus, EligibilityCheck
from resolvers.context import RequestContext
from resolvers.pagination import Order, Page, PageRequest
from resolvers.queries import Filter, find_page

# Plans change by the month; an answer older than that is asked again.
FRESH_FOR = timedelta(days=30)


def is_stale(check: EligibilityCheck, instant: datetime) -> bool:
    """Whether a verification is too old to rely on."""
    return check.checked_at + FRESH_FOR <= instant


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
