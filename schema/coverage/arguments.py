"""How coverages are filtered and ordered."""

from enum import Enum
from typing import Annotated

import strawberry

from models.coverage import CoverageStatus
from resolvers.coverages import CoverageCriteria
from resolvers.pagination import Order
from schema.connection import OrderDirection, order_of
from schema.node import id_of


@strawberry.input(description="Which coverages. All that is given must hold.")
class CoverageWhere:
    patient: strawberry.ID | None = strawberry.field(default=None, description="Of this patient.")
    status: list[CoverageStatus] | None = strawberry.field(default=None, description="In one of these statuses.")
    payer: str | None = strawberry.field(default=None, description="With this payer.")

    needs_verification: bool | None = strawberry.field(
        default=None,
        description="Whether the patient comes within the next 7 days and nobody has answered yet, or not for 30 days, or not "
        "since a new plan year began. Staff only.",
    )

    def criteria(self) -> CoverageCriteria:
        return CoverageCriteria(
            patient=id_of("Patient", self.patient, ["where", "patient"]),
            status=self.status,
            payer=self.payer,
            needs_verification=self.needs_verification,
        )


@strawberry.enum(description="What coverages can be ordered by.")
class CoverageOrderField(Enum):
    PAYER = strawberry.enum_value("payer", description="The payer's name.")
    CREATED_AT = strawberry.enum_value("created_at", description="When they were entered.")


# `CoverageOrder` is the order of benefits in the contract.
@strawberry.input(description="How a list of coverages is ordered.")
class CoverageListOrder:
    field: CoverageOrderField = strawberry.field(description="By what.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Which way.")

    def order(self) -> Order:
        return order_of(self.field, self.direction)


BY_CREATION = Order("created_at")

Where = Annotated[CoverageWhere | None, strawberry.argument(description="Which ones; all when not given.")]
OrderBy = Annotated[
    CoverageListOrder | None, strawberry.argument(description="In which order; oldest entry first when not given.")
]
