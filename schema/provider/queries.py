"""Root fields of providers."""

import strawberry

from models.provider import Provider as ProviderDocument
from resolvers.pagination import Order
from resolvers.providers import ProviderCriteria, find_organizations, find_providers, find_visit_types
from schema.authorization import auth
from schema.connection import After, Before, First, Last, nodes_of, page_arguments
from schema.info import Info
from schema.node import Id, id_of
from schema.provider import arguments
from schema.provider.types import (
    Organization,
    OrganizationConnection,
    Provider,
    ProviderConnection,
    VisitType,
    VisitTypeConnection,
)
from schema.rights import EVERYBODY
from schema.shown_document import READS


@strawberry.type
class ProviderQueries:
    @strawberry.field(description="A provider by id.", directives=[auth(*EVERYBODY)], metadata={READS: ()})
    async def provider(self, info: Info, id: Id) -> Provider | None:
        document_id = id_of("Provider", id, ["id"]) or ""
        found: ProviderDocument | None = await info.context.loaders.providers.load(document_id)
        return None if found is None else Provider.from_document(found)

    @strawberry.field(description="The directory of providers.", directives=[auth(*EVERYBODY)], metadata={READS: ()})
    async def providers(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: arguments.Where = None,
        order_by: arguments.OrderBy = None,
    ) -> ProviderConnection:
        request = page_arguments(info, first, after, last, before)
        order = order_by.order() if order_by else arguments.BY_NAME
        criteria = where.criteria() if where else ProviderCriteria()
        page = await find_providers(info.context, criteria, order, request)
        return ProviderConnection(nodes=nodes_of(page, Provider.from_document), page=page)

    @strawberry.field(description="What can be booked.", directives=[auth(*EVERYBODY)], metadata={READS: ()})
    async def visit_types(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> VisitTypeConnection:
        request = page_arguments(info, first, after, last, before)
        page = await find_visit_types(info.context, Order("name"), request)
        return VisitTypeConnection(nodes=nodes_of(page, VisitType.from_document), page=page)

    @strawberry.field(description="Hospitals, practices and others.", directives=[auth(*EVERYBODY)], metadata={READS: ()})
    async def organizations(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> OrganizationConnection:
        request = page_arguments(info, first, after, last, before)
        page = await find_organizations(info.context, Order("name"), request)
        return OrganizationConnection(nodes=nodes_of(page, Organization.from_document), page=page)
