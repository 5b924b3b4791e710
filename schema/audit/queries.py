"""Root fields of the audit trail."""

from typing import Annotated

import strawberry

from models.role import Role
from resolvers.audit_events import AuditCriteria, find_audit_events, verify_trail
from schema.audit import arguments
from schema.audit.types import AuditEventConnection, AuditVerification
from schema.authorization import auth
from schema.connection import After, Before, First, Last, page_arguments
from schema.info import Info


@strawberry.type
class AuditQueries:
    @strawberry.field(description="The audit trail.", directives=[auth(Role.ADMIN)])
    async def audit_events(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: arguments.Where = None,
        order_by: arguments.OrderBy = None,
    ) -> AuditEventConnection:
        request = page_arguments(info, first, after, last, before)
        order = order_by.order() if order_by else arguments.NEWEST_FIRST
        criteria = where.criteria() if where else AuditCriteria()
        return AuditEventConnection.of(await find_audit_events(info.context, criteria, order, request))

    @strawberry.field(
        description="Checks the audit trail, or the part from one sequence to another. What was slipped in between is found only "
        "when the whole is checked.",
        directives=[auth(Role.ADMIN)],
    )
    async def verify_audit_trail(
        self,
        info: Info,
        from_: Annotated[int | None, strawberry.argument(name="from", description="The first sequence to check.")] = None,
        to: Annotated[int | None, strawberry.argument(description="The last sequence to check.")] = None,
    ) -> AuditVerification:
        return AuditVerification.of(await verify_trail(info.context, from_, to))
