"""How providers are filtered and ordered."""

from enum import Enum
from typing import Annotated

import strawberry

from models.visit_type import VisitMode
from resolvers.pagination import Order
from resolvers.providers import ProviderCriteria
from schema.connection import OrderDirection, order_of
from schema.node import id_of


@strawberry.input(description="Which providers. All that is given must hold.")
class ProviderWhere:
    specialty: str | None = strawberry.field(default=None, description="With this specialty's code.")
    language: str | None = strawberry.field(default=None, description="Who speak this language (BCP 47).")
    accepting_new_patients: bool | None = strawberry.field(default=None, description="Who take new patients, or not.")
    mode: VisitMode | None = strawberry.field(default=None, description="Who see patients this way.")
    search: str | None = strawberry.field(default=None, description="Whose names have words that begin like these.")
    organization: strawberry.ID | None = strawberry.field(default=None, description="Who work there.")

    def criteria(self) -> ProviderCriteria:
        return ProviderCriteria(
            specialty=self.specialty,
            language=self.language,
            accepting_new_patients=self.accepting_new_patients,
            mode=self.mode,
            search=self.search,
            organization=id_of("Organization", self.organization, ["where", "organization"]),
        )


@strawberry.enum(description="What providers can be ordered by.")
class ProviderOrderField(Enum):
    NAME = strawberry.enum_value("sort_name", description="Family name, then given names.")


@strawberry.input(description="How providers are ordered.")
class ProviderOrder:
    field: ProviderOrderField = strawberry.field(description="By what.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Which way.")

    def order(self) -> Order:
        return order_of(self.field, self.direction)


BY_NAME = Order("sort_name")

Where = Annotated[ProviderWhere | None, strawberry.argument(description="Which ones; all when not given.")]
OrderBy = Annotated[ProviderOrder | None, strawberry.argument(description="In which order; by name when not given.")]
