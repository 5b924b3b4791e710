"""Looking with one role only: what somebody may do as a provider is not widened by what they may see as a patient."""

from dataclasses import replace

from models.record import Record
from models.role import Role
from resolvers.access import Access
from resolvers.context import RequestContext
from resolvers.policy import restrict
from resolvers.principal import Principal


def access_as(context: RequestContext, role: Role, principal: Principal | None = None) -> Access:
    """The caller's relations, or another principal's, in one role."""
    principal = principal or context.principal
    narrowed = replace(principal, roles=principal.roles & {role})
    return Access(narrowed, context.access.instant, context.access.majority, context.ports.pseudonyms)


async def seen_as(context: RequestContext, role: Role, record_id: str, principal: Principal | None = None) -> Record | None:
    """An entry of the record, if it is there and visible in that role at this moment."""
    visible = await restrict(Record, access_as(context, role, principal), {"_id": record_id})
    found: Record | None = await Record.find_one(visible, with_children=True)
    return found
