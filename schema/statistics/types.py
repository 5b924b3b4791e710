"""Statistics: suppressed counts and sums."""

from datetime import date

import strawberry

from models.role import Role
from resolvers.deidentification.sample import THRESHOLD
from resolvers.statistics.statistics import Statistics as Counted
from schema.authorization import auth
from schema.scalars import TimeZone
from schema.values import Money, shown


@strawberry.type(description="How many, of one kind. What would single somebody out is withheld.")
class StatisticsCell:
    key: str = strawberry.field(description="Which kind: a status, a code, a weekday, an hour from 00 to 23, a payer.")
    count: int | None = strawberry.field(
        description="How many in the months of which it is told; null when it is told of none, which is not zero."
    )
    suppressed: bool = strawberry.field(description="Whether it is withheld for some of the months.")


@strawberry.type(description="How long before their visits people book, in the visits of one month.")
class LeadTime:
    month: str = strawberry.field(description="Year and month, such as 2026-02.")
    median_days: int | None = strawberry.field(description="Half of the visits were booked no more days ahead. Null: withheld.")
    mean_days: float | None = strawberry.field(description="Days on average, to a tenth. Null: withheld.")


@strawberry.type(description="What was invoiced in one month, in one currency, less credit notes.")
class MonthlyRevenue:
    month: str = strawberry.field(description="Year and month, such as 2026-02.")
    currency: str = strawberry.field(description="ISO 4217.")
    amount: Money | None = strawberry.field(
        description="The sum. Null: none, or withheld, for fewer than 11 patients are behind it or one makes over half of it."
    )


@strawberry.type(description="What patients owed at the end of the last month, in one currency, by how late it was then.")
class ReceivablesByAge:
    age: str = strawberry.field(description="CURRENT, DAYS_1_TO_30, DAYS_31_TO_60, DAYS_61_TO_90 or OVER_90_DAYS past due.")
    currency: str = strawberry.field(description="ISO 4217.")
    amount: Money | None = strawberry.field(
        description="The sum. Null: none, or withheld, for fewer than 11 patients are behind it or one makes over half of it."
    )


@strawberry.type(
    description="Counts and sums over whole months, of visits and invoices of ordinary confidentiality. A cell of fewer than 11 "
    "patients in a month is withheld, and so are others beside it as far as it could be worked out from them.",
    directives=[auth(Role.ANALYST)],
)
class Statistics:
    from_: date = strawberry.field(name="from", description="The first day of the first month.")
    to: date = strawberry.field(description="The first day after the last month.")
    time_zone: TimeZone = strawberry.field(description="The clinic's: its months are meant.")
    threshold: int = strawberry.field(description="Cells of fewer patients are withheld.")
    appointments_by_status: list[StatisticsCell] = strawberry.field(description="Visits by status.")
    appointments_by_specialty: list[StatisticsCell] = strawberry.field(
        description="Visits by the code of the provider's first specialty; UNKNOWN for none. "
        "Those of which nothing is told are not here."
    )
    appointments_by_weekday: list[StatisticsCell] = strawberry.field(
        description="Visits by weekday on the wall clock of the visit."
    )
    appointments_by_hour: list[StatisticsCell] = strawberry.field(
        description="Visits by the hour they begin in, on their wall clock."
    )
    no_show_rate: float | None = strawberry.field(
        description="No-shows among visits that were kept or missed, from 0 to 1, over the months that tell both. Null: too few."
    )
    lead_times: list[LeadTime] = strawberry.field(description="By month, oldest first.")
    revenue: list[MonthlyRevenue] = strawberry.field(
        description="By month, oldest first, and currency. Currencies of which nothing is told are not here."
    )
    payer_mix: list[StatisticsCell] = strawberry.field(
        description="Invoices by payer; NONE for those without coverage. Payers of whom nothing is told are not here."
    )
    receivables: list[ReceivablesByAge] = strawberry.field(
        description="What was open at the end of the last month. Currencies of which nothing is told are not here."
    )

    @classmethod
    def of(cls, counted: Counted) -> "Statistics":
        return cls(
            from_=counted.months.from_,
            to=counted.months.to,
            time_zone=TimeZone(counted.months.time_zone),
            threshold=THRESHOLD,
            appointments_by_status=shown(counted.by_status),
            appointments_by_specialty=shown(counted.by_specialty),
            appointments_by_weekday=shown(counted.by_weekday),
            appointments_by_hour=shown(counted.by_hour),
            no_show_rate=counted.no_show_rate,
            lead_times=shown(counted.lead_times),
            revenue=shown(counted.revenue),
            payer_mix=shown(counted.payer_mix),
            receivables=shown(counted.receivables),
        )
