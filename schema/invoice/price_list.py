"""The price list."""

from decimal import Decimal

import strawberry

from models.charge_definition import ChargeDefinition as ChargeDocument
from models.role import Role
from resolvers.pagination import Page
from schema.authorization import auth
from schema.connection import Connection, nodes_of
from schema.node import Node, global_id
from schema.values import Money, shown


@strawberry.type(description="What a coded service costs.", directives=[auth(Role.STAFF, Role.ADMIN)])
class ChargeDefinition(Node):
    system: str = strawberry.field(description="The code system's URI.")
    code: str = strawberry.field(description="The code.")
    description: str = strawberry.field(description="As it stands on invoices.")
    price: Money = strawberry.field(description="For one.")
    tax_percent: Decimal = strawberry.field(description="On top of the price.")
    active: bool = strawberry.field(description="Whether it is charged.")

    @classmethod
    def from_document(cls, document: ChargeDocument) -> "ChargeDefinition":
        return cls(
            id=global_id("ChargeDefinition", document.id),
            system=document.system,
            code=document.code,
            description=document.description,
            price=shown(document.price),
            tax_percent=document.tax_percent,
            active=document.active,
        )


@strawberry.type(description="The price list, a page at a time.", directives=[auth(Role.STAFF, Role.ADMIN)])
class ChargeDefinitionConnection(Connection[ChargeDefinition]):
    @classmethod
    def of(cls, page: Page[ChargeDocument]) -> "ChargeDefinitionConnection":
        return cls(nodes=nodes_of(page, ChargeDefinition.from_document), page=page)
