"""How break-glass grants are filtered and ordered."""

from enum import Enum
from typing import Annotated

import strawberry

from resolvers.break_glass_reviews import GrantCriteria
from resolvers.pagination import Order
from schema.connection import OrderDirection, order_of
from schema.node import id_of


@strawberry.input(description="Which grants. All that is given must hold.")
class BreakGlassGrantWhere:
    reviewed: bool | None = strawberry.field(default=None, description="With a review, or without.")
    overdue: bool | None = strawberry.field(default=None, description="Without a review that is due, or not so.")
    provider: strawberry.ID | None = strawberry.field(default=None, description="Of this provider.")

    def criteria(self) -> GrantCriteria:
        provider = id_of("Provider", self.provider, ["where", "provider"])
        return GrantCriteria(reviewed=self.reviewed, overdue=self.overdue, provider=provider)


@strawberry.enum(description="What grants can be ordered by.")
class BreakGlassGrantOrderField(Enum):
    GRANTED_AT = strawberry.enum_value("granted_at", description="When they were granted.")
    REVIEW_DUE_AT = strawberry.enum_value("review_due_at", description="When they must have been reviewed.")


@strawberry.input(description="How grants are ordered.")
class BreakGlassGrantOrder:
    field: BreakGlassGrantOrderField = strawberry.field(description="By what.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Which way.")

    def order(self) -> Order:
        return order_of(self.field, self.direction)


NEWEST_FIRST = Order("granted_at", descending=True)

Where = Annotated[BreakGlassGrantWhere | None, strawberry.argument(description="Which ones; all when not given.")]
OrderBy = Annotated[BreakGlassGrantOrder | None, strawberry.argument(description="In which order; newest first when not given.")]
