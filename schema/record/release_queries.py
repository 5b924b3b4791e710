"""Root fields about releases and critical values."""

import strawberry

from models.role import Role
from resolvers.critical_results.listing import OLDEST_FIRST, find_critical
from resolvers.records import RecordCriteria
from resolvers.release.following import newest_cursor
from schema.authorization import auth
from schema.connection import After, Before, First, Last, page_arguments
from schema.info import Info
from schema.record import arguments
from schema.record.types import ObservationConnection


@strawberry.type
class ReleaseQueries:
    @strawberry.field(
        description="Where releases to the caller stand now: fetch the record after this, and follow `recordReleased` from here.",
        directives=[auth(Role.PATIENT)],
    )
    async def record_release_cursor(self, info: Info) -> str:
        return await newest_cursor(info.context)

    @strawberry.field(
        description="Critical values (LL, HH, AA) that the caller ordered and nobody acknowledged, of patients under their care.",
        directives=[auth(Role.PROVIDER)],
    )
    async def critical_results(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: arguments.Where = None,
        order_by: arguments.OrderBy = None,
    ) -> ObservationConnection:
        request = page_arguments(info, first, after, last, before)
        criteria = where.criteria() if where else RecordCriteria()
        order = order_by.order() if order_by else OLDEST_FIRST
        return ObservationConnection.of(await find_critical(info.context, criteria, order, request))
