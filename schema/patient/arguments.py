"""How patients are filtered and ordered."""

from datetime import date
from enum import Enum
from typing import Annotated

import strawberry

from resolvers.pagination import Order
from resolvers.patients import PatientCriteria, by_birth_date, by_name
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


@strawberry.enum(description="What patients can be ordered by. Names and birth dates are encrypted, so that few can be sorted.")
class PatientOrderField(Enum):
    NAME = strawberry.enum_value("name", description="Family name, then given names: for up to 2,000 patients.")
    BIRTH_DATE = strawberry.enum_value("birth_date", description="When they were born: for up to 2,000 patients.")
    CREATED_AT = strawberry.enum_value("created_at", description="When they were registered.")


@strawberry.input(description="How patients are ordered.")
class PatientOrder:
    field: PatientOrderField = strawberry.field(description="By what.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Which way.")

    def order(self) -> Order:
        sealed = _SEALED.get(self.field)
        return order_of(self.field, self.direction) if sealed is None else sealed(self.direction is OrderDirection.DESC)


_SEALED = {PatientOrderField.NAME: by_name, PatientOrderField.BIRTH_DATE: by_birth_date}

BY_REGISTRATION = Order("created_at")

Where = Annotated[PatientWhere | None, strawberry.argument(description="Which ones; all when not given.")]
OrderBy = Annotated[PatientOrder | None, strawberry.argument(description="In which order; by registration when not given.")]
