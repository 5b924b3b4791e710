"""Root fields about who may see what."""

from typing import Annotated

import strawberry

from models.record import RECORD_KINDS
from models.role import Role
from resolvers.access_explanation import explain_access
from resolvers.break_glass_reviews import GrantCriteria, find_grants
from resolvers.errors import BadInput
from schema.access import arguments
from schema.access.explanation import AccessExplanation, demands_on
from schema.access.types import BreakGlassGrantConnection
from schema.authorization import auth, core_schema
from schema.connection import After, Before, First, Last, page_arguments
from schema.info import Info
from schema.node import Id, id_of, read_global_id

_KINDS = {kind.__name__: kind for kind in RECORD_KINDS}


@strawberry.type
class AccessQueries:
    @strawberry.field(
        description="Why an account may or may not see a node, and one of its fields. Tells rules, never content; a node that "
        "does not exist is explained as one that nobody sees.",
        directives=[auth(Role.ADMIN)],
    )
    async def explain_access(
        self,
        info: Info,
        id: Id,
        field: Annotated[str | None, strawberry.argument(description="`conditions`, or `Patient.conditions`.")] = None,
        account: Annotated[
            strawberry.ID | None, strawberry.argument(description="Whose right; the caller's if not given.")
        ] = None,
    ) -> AccessExplanation:
        from schema.nodes import NODES

        type_name, document_id = read_global_id(id, ["id"])
        if type_name not in NODES:
            raise BadInput("id is not an id of OHMS.", ["id"])
        document = _KINDS.get(type_name, NODES[type_name][0])
        demands = demands_on(core_schema(info.schema), type_name, field)
        account_id = id_of("Account", account, ["account"])
        return AccessExplanation.of(await explain_access(info.context, account_id, document, document_id, demands))

    @strawberry.field(
        description="Emergency access: who opened whose record, and what the reviews found.", directives=[auth(Role.ADMIN)]
    )
    async def break_glass_grants(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: arguments.Where = None,
        order_by: arguments.OrderBy = None,
    ) -> BreakGlassGrantConnection:
        request = page_arguments(info, first, after, last, before)
        order = order_by.order() if order_by else arguments.NEWEST_FIRST
        criteria = where.criteria() if where else GrantCriteria()
        return BreakGlassGrantConnection.of(await find_grants(info.context, criteria, order, request))
