"""Root fields of education resources."""

import strawberry

from resolvers.education import EducationCriteria, find_education
from schema.authorization import auth
from schema.connection import After, Before, First, Last, page_arguments
from schema.education import arguments
from schema.education.types import EducationResourceConnection
from schema.info import Info
from schema.rights import EVERYBODY


@strawberry.type
class EducationResourceQueries:
    @strawberry.field(description="Health education.", directives=[auth(*EVERYBODY)])
    async def education_resources(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: arguments.Where = None,
        order_by: arguments.OrderBy = None,
    ) -> EducationResourceConnection:
        request = page_arguments(info, first, after, last, before)
        order = order_by.order() if order_by else None
        criteria = where.criteria() if where else EducationCriteria()
        page = await find_education(info.context, criteria, order, request, arguments.NEWEST_FIRST)
        return EducationResourceConnection.of(page)
