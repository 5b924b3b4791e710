"""Root fields of coverages."""

import strawberry

from models.coverage import Coverage as CoverageDocument
from models.role import Role
from resolvers.coverages import CoverageCriteria, find_coverages
from resolvers.pagination import Order
from resolvers.payers import find_payers
from schema.authorization import auth
from schema.connection import After, Before, First, Last, page_arguments
from schema.coverage import arguments
from schema.coverage.payers import PayerConnection
from schema.coverage.types import Coverage, CoverageConnection
from schema.info import Info
from schema.node import Id, id_of
from schema.rights import FRONT_DESK, FRONT_DESK_AND_ANALYST
from schema.shown_document import READS


@strawberry.type
class CoverageQueries:
    @strawberry.field(
        description="A coverage by id; null when there is none, or none to see.",
        directives=[auth(*FRONT_DESK_AND_ANALYST)],
        metadata={READS: ()},
    )
    async def coverage(self, info: Info, id: Id) -> Coverage | None:
        document_id = id_of("Coverage", id, ["id"]) or ""
        found: CoverageDocument | None = await info.context.loaders.coverages.load(document_id)
        return None if found is None else Coverage.from_document(found)

    @strawberry.field(
        description="Coverages the caller may see.", directives=[auth(*FRONT_DESK_AND_ANALYST)], metadata={READS: ()}
    )
    async def coverages(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: arguments.Where = None,
        order_by: arguments.OrderBy = None,
    ) -> CoverageConnection:
        request = page_arguments(info, first, after, last, before)
        order = order_by.order() if order_by else arguments.BY_CREATION
        criteria = where.criteria() if where else CoverageCriteria()
        page = await find_coverages(info.context, criteria, order, request)
        return CoverageConnection.of(page)

    @strawberry.field(description="The payers that the clinic knows, by name.", directives=[auth(*FRONT_DESK, Role.ADMIN)])
    async def payers(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> PayerConnection:
        request = page_arguments(info, first, after, last, before)
        return PayerConnection.of(await find_payers(info.context, Order("name_key"), request))
