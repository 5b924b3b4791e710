"""Finding coverages."""

from dataclasses import dataclass

from models.coverage import Coverage, CoverageStatus
from models.role import Role
from resolvers.context import RequestContext
from resolvers.eligibility.work_list import needing_verification
from resolvers.errors import Forbidden
from resolvers.pagination import Order, Page, PageRequest
from resolvers.queries import Filter, find_page


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageCriteria:
    patient: str | None = None
    status: list[CoverageStatus] | None = None
    payer: str | None = None
    needs_verification: bool | None = None

    def filter(self, needing: list[str] | None = None) -> Filter:
        """``needing`` are those of the work list, where ``needs_verification`` asks for it."""
        within: Filter = {}
        if self.patient is not None:
            within["patient_id"] = self.patient
        if self.status is not None:
            within["status"] = {"$in": [status.value for status in self.status]}
        if self.payer is not None:
            within["payer"] = self.payer
        if self.needs_verification is not None:
            within["_id"] = {"$in" if self.needs_verification else "$nin": needing or []}
        return within


async def find_coverages(
    context: RequestContext, criteria: CoverageCriteria, order: Order, request: PageRequest
) -> Page[Coverage]:
    """Raises Forbidden for who asks for the work list and is not staff."""
    needing = None
    if criteria.needs_verification is not None:
        if Role.STAFF not in context.principal.roles:
            raise Forbidden("The work list of verifications is staff's.")
        needing = await needing_verification(context.access.instant)
    return await find_page(Coverage, context.access, criteria.filter(needing), order, request)
