"""Root fields of invoices."""

import strawberry

from models.invoice import Invoice as InvoiceDocument
from models.role import Role
from resolvers.billing.aging import aging
from resolvers.billing.drafts import local_day
from resolvers.billing.price_list import find_charges
from resolvers.invoices import InvoiceCriteria, find_invoices
from resolvers.pagination import Order
from schema.authorization import auth
from schema.connection import After, Before, First, Last, page_arguments
from schema.info import Info
from schema.invoice import arguments
from schema.invoice.accounts import AgeGroup
from schema.invoice.price_list import ChargeDefinitionConnection
from schema.invoice.types import Invoice, InvoiceConnection
from schema.node import Id, id_of
from schema.rights import FRONT_DESK_AND_ANALYST
from schema.shown_document import READS


@strawberry.type
class InvoiceQueries:
    @strawberry.field(
        description="An invoice by id; null when there is none, or none to see.",
        directives=[auth(*FRONT_DESK_AND_ANALYST)],
        metadata={READS: ()},
    )
    async def invoice(self, info: Info, id: Id) -> Invoice | None:
        document_id = id_of("Invoice", id, ["id"]) or ""
        found: InvoiceDocument | None = await info.context.loaders.invoices.load(document_id)
        return None if found is None else Invoice.from_document(found)

    @strawberry.field(
        description="Invoices the caller may see.", directives=[auth(*FRONT_DESK_AND_ANALYST)], metadata={READS: ()}
    )
    async def invoices(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: arguments.Where = None,
        order_by: arguments.OrderBy = None,
    ) -> InvoiceConnection:
        request = page_arguments(info, first, after, last, before)
        order = order_by.order() if order_by else arguments.NEWEST_FIRST
        criteria = where.criteria() if where else InvoiceCriteria()
        page = await find_invoices(info.context, criteria, order, request)
        return InvoiceConnection.of(page)

    @strawberry.field(description="The price list, by description.", directives=[auth(Role.STAFF, Role.ADMIN)])
    async def charge_definitions(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> ChargeDefinitionConnection:
        request = page_arguments(info, first, after, last, before)
        return ChargeDefinitionConnection.of(await find_charges(info.context, Order("description"), request))

    @strawberry.field(
        description="What patients owe, by how late it is today; ages and currencies of which there is nothing are left out.",
        directives=[auth(Role.STAFF)],
    )
    async def receivables_by_age(self, info: Info) -> list[AgeGroup]:
        today = local_day(info.context.access.instant, info.context.access.majority.time_zone)
        return [AgeGroup.of(group) for group in await aging(info.context, today)]
