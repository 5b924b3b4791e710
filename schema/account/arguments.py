"""How accounts are filtered and ordered."""

from enum import Enum
from typing import Annotated

import strawberry

from models.account import AccountStatus
from models.role import Role
from resolvers.accounts import AccountCriteria, by_email
from resolvers.pagination import Order
from schema.connection import OrderDirection, order_of


@strawberry.input(description="Which accounts. All that is given must hold.")
class AccountWhere:
    email: str | None = strawberry.field(default=None, description="With this address.")
    role: Role | None = strawberry.field(default=None, description="With this role.")
    status: list[AccountStatus] | None = strawberry.field(default=None, description="In one of these statuses.")

    def criteria(self) -> AccountCriteria:
        return AccountCriteria(email=self.email, role=self.role, status=self.status)


@strawberry.enum(description="What accounts can be ordered by.")
class AccountOrderField(Enum):
    EMAIL = strawberry.enum_value("email", description="Their address: for up to 2,000 accounts, as it is encrypted.")
    CREATED_AT = strawberry.enum_value("created_at", description="When they were made.")


@strawberry.input(description="How accounts are ordered.")
class AccountOrder:
    field: AccountOrderField = strawberry.field(description="By what.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Which way.")

    def order(self) -> Order:
        if self.field is AccountOrderField.EMAIL:
            return by_email(self.direction is OrderDirection.DESC)
        return order_of(self.field, self.direction)


BY_CREATION = Order("created_at")

Where = Annotated[AccountWhere | None, strawberry.argument(description="Which ones; all when not given.")]
OrderBy = Annotated[AccountOrder | None, strawberry.argument(description="In which order; oldest first when not given.")]
