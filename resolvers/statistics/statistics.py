"""What analysts are told of some months."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from models.appointment import AppointmentStatus
from models.money import Money
from models.provider import Weekday
from resolvers.billing.aging import BUCKETS
from resolvers.context import RequestContext
from resolvers.deidentification.sample import THRESHOLD
from resolvers.statistics.counting import Rows, count_invoices, count_visits
from resolvers.statistics.months import Months, whole_months
from resolvers.statistics.receivables import count_receivables
from resolvers.statistics.suppression import Atom, Cell, Told, tell

STATUSES = [status.value for status in AppointmentStatus if status is not AppointmentStatus.ENTERED_IN_ERROR]
WEEKDAYS = [day.value for day in Weekday]
HOURS = [f"{hour:02}" for hour in range(24)]


@dataclass(frozen=True, slots=True)
class LeadTime:
    """From booking to visit, over the visits of one month. None where fewer than eleven patients are behind it."""

    month: str
    median_days: int | None
    mean_days: float | None


@dataclass(frozen=True, slots=True)
class Revenue:
    """Issued in one month in one currency. None where there was none, or it would tell of single patients."""

    month: str
    currency: str
    amount: Money | None


@dataclass(frozen=True, slots=True)
class Receivable:
    """What was open at the end of the last month and so late. None where it would tell of single patients."""

    age: str
    currency: str
    amount: Money | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    months: Months
    by_status: list[Cell]
    by_specialty: list[Cell]
    by_weekday: list[Cell]
    by_hour: list[Cell]
    no_show_rate: float | None
    lead_times: list[LeadTime]
    revenue: list[Revenue]
    payer_mix: list[Cell]
    receivables: list[Receivable]


async def statistics_of(context: RequestContext, from_: date, to: date) -> Statistics:
    """Three commands, whatever the number of rows. Raises BadInput for what is not whole months that are over."""
    months = whole_months(from_, to, context.access.majority.time_zone, context.access.instant)
    visits, invoices, open_ = await asyncio.gather(count_visits(months), count_invoices(months), count_receivables(months))
    by_status = _told(visits, "status", months)
    return Statistics(
        months=months,
        by_status=by_status.cells(STATUSES),
        by_specialty=_told(visits, "specialty", months).cells(),
        by_weekday=_told(visits, "weekday", months).cells(WEEKDAYS),
        by_hour=_told(visits, "hour", months).cells(HOURS),
        no_show_rate=_no_show_rate(by_status),
        lead_times=_lead_times(visits, months),
        revenue=_revenue(invoices, months),
        payer_mix=_told(invoices, "payer", months).cells(),
        receivables=_receivables(open_),
    )


def _told(rows: Rows, table: str, months: Months) -> Told:
    atoms = [Atom(row["month"], _key(table, row["key"]), row["count"], row["patients"]) for row in rows[table]]
    return tell(atoms, months.names)


def _key(table: str, key: str) -> str:
    match table:
        case "weekday":
            return WEEKDAYS[int(key) - 1]
        case "hour":
            return f"{int(key):02}"
        case _:
            return key


def _no_show_rate(by_status: Told) -> float | None:
    """No-shows among visits that were kept or missed, over the months that tell both; None where those are few."""
    missed = kept = 0
    for month in by_status.months:
        no_shows = by_status.count(month, AppointmentStatus.NO_SHOW)
        fulfilled = by_status.count(month, AppointmentStatus.FULFILLED)
        if no_shows is not None and fulfilled is not None:
            missed, kept = missed + no_shows, kept + fulfilled
    return round(missed / (missed + kept), 3) if missed + kept >= THRESHOLD else None


def _lead_times(visits: Rows, months: Months) -> list[LeadTime]:
    patients = {row["month"]: row["patients"] for row in visits["booked_ahead"]}
    days: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for row in visits["lead"]:
        days[row["month"]].append((row["days"], row["visits"]))
    return [
        _lead_time(month, days[month]) if patients.get(month, 0) >= THRESHOLD else LeadTime(month, None, None)
        for month in months.names
    ]


def _lead_time(month: str, days: Sequence[tuple[int, int]]) -> LeadTime:
    """Rounded, so that neither tells how many visits there were."""
    visits = sum(number for _, number in days)
    mean = sum(day * number for day, number in days) / visits
    passed = 0
    for day, number in sorted(days):
        passed += number
        if 2 * passed >= visits:
            return LeadTime(month, day, round(mean, 1))
    raise ValueError("no visits")


def _revenue(invoices: Rows, months: Months) -> list[Revenue]:
    told = {(row["month"], row["currency"]): row["amount"] for row in invoices["revenue"] if _many(row)}
    currencies = sorted({currency for _, currency in told})
    return [
        Revenue(month, currency, _money(told.get((month, currency)), currency))
        for month in months.names
        for currency in currencies
    ]


def _receivables(rows: list[dict[str, Any]]) -> list[Receivable]:
    """No total is told, so nothing that is withheld can be worked out from the rest."""
    told = {(row["age"], row["currency"]): row["amount"] for row in rows if _many(row)}
    currencies = sorted({currency for _, currency in told})
    return [
        Receivable(age, currency, _money(told.get((age, currency)), currency)) for currency in currencies for age, _, _ in BUCKETS
    ]


def _money(minor_units: int | None, currency: str) -> Money | None:
    return None if minor_units is None else Money(minor_units=minor_units, currency=currency)


def _many(row: dict[str, int]) -> bool:
    """Eleven patients, none of whom makes more than half of the sum: who knows their own bill learns little of another's."""
    return row["patients"] >= THRESHOLD and 2 * row["largest"] <= abs(row["amount"])
