"""How appointments are filtered and ordered."""

from datetime import datetime
from enum import Enum
from typing import Annotated

import strawberry

from models.appointment import AppointmentStatus
from models.visit_type import VisitMode
from resolvers.appointments import AppointmentCriteria
from resolvers.pagination import Order
from schema.connection import OrderDirection, order_of
from schema.node import id_of


@strawberry.input(description="Which appointments. All that is given must hold.")
class AppointmentWhere:
    provider: strawberry.ID | None = strawberry.field(default=None, description="Of this provider.")
    patient: strawberry.ID | None = strawberry.field(default=None, description="Of this patient.")
    status: list[AppointmentStatus] | None = strawberry.field(default=None, description="In one of these statuses.")
    mode: VisitMode | None = strawberry.field(default=None, description="Held this way.")
    organization: strawberry.ID | None = strawberry.field(default=None, description="At this organization.")
    from_: datetime | None = strawberry.field(default=None, name="from", description="Starting at or after this instant.")
    to: datetime | None = strawberry.field(default=None, description="Starting before this instant.")

    def criteria(self) -> AppointmentCriteria:
        return AppointmentCriteria(
            provider=id_of("Provider", self.provider, ["where", "provider"]),
            patient=id_of("Patient", self.patient, ["where", "patient"]),
            status=self.status,
            mode=self.mode,
            organization=id_of("Organization", self.organization, ["where", "organization"]),
            from_=self.from_,
            to=self.to,
        )


@strawberry.enum(description="What appointments can be ordered by.")
class AppointmentOrderField(Enum):
    START = strawberry.enum_value("start", description="When they start.")
    CREATED_AT = strawberry.enum_value("created_at", description="When they were made.")


@strawberry.input(description="How appointments are ordered.")
class AppointmentOrder:
    field: AppointmentOrderField = strawberry.field(description="By what.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Which way.")

    def order(self) -> Order:
        return order_of(self.field, self.direction)


BY_START = Order("start")

Where = Annotated[AppointmentWhere | None, strawberry.argument(description="Which ones; all when not given.")]
OrderBy = Annotated[AppointmentOrder | None, strawberry.argument(description="In which order; by start when not given.")]
