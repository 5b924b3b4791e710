"""Root fields of accounts."""

import strawberry

from models.role import Role
from resolvers.accounts import AccountCriteria, find_accounts
from schema.account import arguments
from schema.account.types import AccountConnection, Viewer
from schema.authorization import auth, public
from schema.connection import After, Before, First, Last, page_arguments
from schema.info import Info


@strawberry.type
class AccountQueries:
    @strawberry.field(description="Who is asking; null for somebody who is not signed in.", directives=[public()])
    def viewer(self, info: Info) -> Viewer | None:
        return Viewer.of_principal(info.context.principal)

    @strawberry.field(description="Accounts.", directives=[auth(Role.ADMIN)])
    async def accounts(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: arguments.Where = None,
        order_by: arguments.OrderBy = None,
    ) -> AccountConnection:
        request = page_arguments(info, first, after, last, before)
        order = order_by.order() if order_by else arguments.BY_CREATION
        criteria = where.criteria() if where else AccountCriteria()
        page = await find_accounts(info.context, criteria, order, request)
        return AccountConnection.of(page)
