"""Root fields of statistics."""

from datetime import date
from typing import Annotated

import strawberry

from models.role import Role
from resolvers.statistics.statistics import statistics_of
from schema.authorization import auth
from schema.info import Info
from schema.statistics.types import Statistics

From = Annotated[date, strawberry.argument(name="from", description="The first day of a month.")]
To = Annotated[date, strawberry.argument(description="The first day of a later month, which is not counted; at most 36 later.")]


@strawberry.type
class StatisticsQueries:
    @strawberry.field(
        description="Counts and sums over whole months that are over, small cells withheld.", directives=[auth(Role.ANALYST)]
    )
    async def statistics(self, info: Info, from_: From, to: To) -> Statistics:
        return Statistics.of(await statistics_of(info.context, from_, to))
