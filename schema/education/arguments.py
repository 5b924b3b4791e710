"""How education resources are filtered and ordered."""

from enum import Enum
from typing import Annotated

import strawberry

from models.education import EducationStatus
from resolvers.education import EducationCriteria
from resolvers.pagination import Order
from schema.connection import OrderDirection, order_of


@strawberry.input(description="Which education resources. All that is given must hold.")
class EducationResourceWhere:
    search: str | None = strawberry.field(
        default=None,
        description="With one of these words or more, in the forms of `language`, else of the caller's own, else of English.",
    )
    language: str | None = strawberry.field(default=None, description="In this language (BCP 47).")
    topic: str | None = strawberry.field(default=None, description="About this code (SNOMED CT or ICD-10-CM).")

    status: EducationStatus | None = strawberry.field(default=None, description="In this status; editors alone see drafts.")

    def criteria(self) -> EducationCriteria:
        return EducationCriteria(search=self.search, language=self.language, topic=self.topic, status=self.status)


@strawberry.enum(description="What education resources can be ordered by.")
class EducationResourceOrderField(Enum):
    PUBLISHED_AT = strawberry.enum_value("published_at", description="When they were published.")
    TITLE = strawberry.enum_value("title", description="Their title.")


@strawberry.input(description="How education resources are ordered.")
class EducationResourceOrder:
    field: EducationResourceOrderField = strawberry.field(description="By what.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.DESC, description="Which way.")

    def order(self) -> Order:
        return order_of(self.field, self.direction)


NEWEST_FIRST = Order("published_at", descending=True)

Where = Annotated[EducationResourceWhere | None, strawberry.argument(description="Which ones; all when not given.")]
OrderBy = Annotated[
    EducationResourceOrder | None,
    strawberry.argument(description="In which order; else the best match of a search first, or the newest."),
]
