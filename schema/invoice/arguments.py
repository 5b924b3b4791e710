"""How invoices are filtered and ordered."""

from datetime import datetime
from enum import Enum
from typing import Annotated

import strawberry

from models.invoice import InvoiceStatus
from resolvers.invoices import InvoiceCriteria
from resolvers.pagination import Order
from schema.connection import OrderDirection, order_of
from schema.node import id_of


@strawberry.input(description="Which invoices. All that is given must hold.")
class InvoiceWhere:
    status: list[InvoiceStatus] | None = strawberry.field(default=None, description="In one of these statuses.")
    patient: strawberry.ID | None = strawberry.field(default=None, description="Of this patient.")
    overdue: bool | None = strawberry.field(default=None, description="True: issued and past due. False: all others.")
    from_: datetime | None = strawberry.field(default=None, name="from", description="Issued at or after this instant.")
    to: datetime | None = strawberry.field(default=None, description="Issued before this instant.")

    def criteria(self) -> InvoiceCriteria:
        return InvoiceCriteria(
            status=self.status,
            patient=id_of("Patient", self.patient, ["where", "patient"]),
            overdue=self.overdue,
            from_=self.from_,
            to=self.to,
        )


@strawberry.enum(description="What invoices can be ordered by.")
class InvoiceOrderField(Enum):
    ISSUED_AT = strawberry.enum_value("issued_at", description="When they were issued; drafts come first.")
    DUE_ON = strawberry.enum_value("due_on", description="When they are due.")
    CREATED_AT = strawberry.enum_value("created_at", description="When they were made.")


@strawberry.input(description="How invoices are ordered.")
class InvoiceOrder:
    field: InvoiceOrderField = strawberry.field(description="By what.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.DESC, description="Which way.")

    def order(self) -> Order:
        return order_of(self.field, self.direction)


NEWEST_FIRST = Order("issued_at", descending=True)

Where = Annotated[InvoiceWhere | None, strawberry.argument(description="Which ones; all when not given.")]
OrderBy = Annotated[InvoiceOrder | None, strawberry.argument(description="In which order; newest first when not given.")]
