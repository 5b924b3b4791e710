"""Payers, as the clinic knows them."""

from decimal import Decimal

import strawberry

from models.payer import Payer as PayerDocument
from models.role import Role
from resolvers.pagination import Page
from schema.authorization import auth
from schema.connection import Connection, nodes_of
from schema.node import Node, global_id
from schema.rights import FRONT_DESK


@strawberry.type(description="Who insures patients. `Coverage.payer` has its name.", directives=[auth(*FRONT_DESK, Role.ADMIN)])
class Payer(Node):
    name: str = strawberry.field(description="How coverages name it, in any case.")
    electronic_id: str | None = strawberry.field(
        description="Its number at the clearing house; null: it cannot be asked.", directives=[auth(Role.STAFF, Role.ADMIN)]
    )
    discount_percent: Decimal = strawberry.field(
        description="The contractual adjustment, of the charge.", directives=[auth(Role.STAFF, Role.ADMIN)]
    )
    in_network: bool = strawberry.field(description="Whether the clinic has a contract with it.")
    active: bool = strawberry.field(description="Whether it is still one.")
    revision: int = strawberry.field(description="Counts its changes, from 1.")

    @classmethod
    def from_document(cls, document: PayerDocument) -> "Payer":
        return cls(
            id=global_id("Payer", document.id),
            name=document.name,
            electronic_id=document.electronic_number,
            discount_percent=document.discount_percent,
            in_network=document.in_network,
            active=document.active,
            revision=document.revision,
        )


@strawberry.type(description="Payers, a page at a time.", directives=[auth(*FRONT_DESK, Role.ADMIN)])
class PayerConnection(Connection[Payer]):
    @classmethod
    def of(cls, page: Page[PayerDocument]) -> "PayerConnection":
        return cls(nodes=nodes_of(page, Payer.from_document), page=page)
