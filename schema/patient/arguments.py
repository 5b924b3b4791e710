"""How patients are filtered and ordered."""

from datetime import date
from enum import Enum
from typing import Annotated

import strawberry

from resolvers.pagination import Order
from resolvers.patients import PatientCriteria
from schema.connection import OrderDirection, order_of
from schema.node import id_of


@strawberry.input(description="Which patients. All that is given must hold.")
class PatientWhere:
    search: str | None = strawberry.field(default=None, description="Whose names or MRN have words that begin like these.")
    birth_date: date | None = strawberry.field(default=None, description="Born on this day.")
    mrn: str | None = strawberry.field(default=None, description="With this medical record number.")
    care_team: strawberry.ID | None = strawberry.field(default=None, description="With this provider on the care team.")

    def criteria(self) -> PatientCriteria:
        return PatientCriteria(
            search=self.search,
            birth_date=self.birth_date,
            mrn=self.mrn,
            care_team=id_of("Provider", self.care_team, ["where", "careTeam"]),
        )


@strawberry.enum(description="What patients can be ordered by.")
class PatientOrderField(Enum):
    NAME = strawberry.enum_value("sort_name", description="Family name, then given names.")
    BIRTH_DATE = strawberry.enum_value("birth_date", description="When they were born.")
    CREATED_AT = strawberry.enum_value("created_at", description="When they were registered.")


@strawberry.input(description="How patients are ordered.")
class PatientOrder:
    field: PatientOrderField = strawberry.field(description="By what.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Which way.")

    def order(self) -> Order:
        return order_of(self.field, self.direction)


BY_NAME = Order("sort_name")

Where = Annotated[PatientWhere | None, strawberry.argument(description="Which ones; all when not given.")]
OrderBy = Annotated[PatientOrder | None, strawberry.argument(description="In which order; by name when not given.")]
