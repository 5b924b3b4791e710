"""Statistics on the real database: right, in two commands, and silent about few."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.appointment import Appointment, AppointmentStatus
from models.coverage import Coverage, CoverageStatus
from models.invoice import Invoice, InvoiceStatus
from models.money import Money
from models.record import Confidentiality
from resolvers.billing.bookkeeping import book_imported
from tests.clinic import dollars
from tests.graph import Graph

ASKED = """query ($from: Date!, $to: Date!) { statistics(from: $from, to: $to) {
  from to timeZone threshold noShowRate
  appointmentsByStatus { ...C } appointmentsBySpecialty { ...C } appointmentsByWeekday { ...C } appointmentsByHour { ...C }
  leadTimes { month medianDays meanDays } revenue { month currency amount { minorUnits } } payerMix { ...C }
  receivables { age currency amount { minorUnits } }
} } fragment C on StatisticsCell { key count suppressed }"""
JANUARY = {"from": "2026-01-01", "to": "2026-02-01"}
MONDAY_MORNING = datetime(2026, 1, 12, 14, 30, tzinfo=UTC)  # 09:30 in New York


def _visit(graph: Graph, patient: int, status: AppointmentStatus, start: datetime = MONDAY_MORNING, **more: Any) -> Appointment:
    return Appointment(
        status=status,
        start=start,
        end=start + timedelta(minutes=20),
        time_zone="America/New_York",
        patient_id=f"P{patient}",
        provider_id=graph.clinic.house.id,
        created_at=start - timedelta(days=7, hours=1),
        **more,
    )


@pytest.fixture
async def january(graph: Graph) -> Graph:
    """Forty patients kept their visit, fifteen missed it, three called off; one visit is confidential."""
    visits = [_visit(graph, number, AppointmentStatus.FULFILLED) for number in range(40)]
    visits += [_visit(graph, number, AppointmentStatus.NO_SHOW) for number in range(15)]
    visits += [_visit(graph, number, AppointmentStatus.CANCELLED) for number in range(3)]
    visits += [_visit(graph, 99, AppointmentStatus.FULFILLED, confidentiality=Confidentiality.RESTRICTED)]
    await Appointment.insert_many(visits)
    covers = [Coverage(status=CoverageStatus.ACTIVE, patient_id=f"P{number}", payer="Aetna") for number in range(30)]
    await Coverage.insert_many(covers)
    await Invoice.insert_many([_invoice(number, dollars(1000), covers[number].id) for number in range(30)])
    await Invoice.insert_many([_invoice(number, dollars(1000), None) for number in range(30, 55)])
    await Invoice.insert_many([_invoice(number, Money(minor_units=500, currency="JPY"), None) for number in range(3)])
    await book_imported()
    return graph


def _invoice(patient: int, total: Money, coverage_id: str | None, issued_at: datetime = MONDAY_MORNING) -> Invoice:
    nothing = Money(minor_units=0, currency=total.currency)
    return Invoice(
        status=InvoiceStatus.ISSUED,
        patient_id=f"P{patient}",
        coverage_id=coverage_id,
        lines=[],
        total=total,
        insurance=nothing,
        patient_responsibility=total,
        issued_at=issued_at,
    )


def _counts(cells: list[dict[str, Any]]) -> dict[str, int | None]:
    return {cell["key"]: cell["count"] for cell in cells}


async def test_what_is_told_is_right_and_what_is_few_is_not_told(january: Graph) -> None:
    told = (await january.data("analyst", ASKED, **JANUARY))["statistics"]
    by_status = _counts(told["appointmentsByStatus"])
    # Three were cancelled: withheld, and the fifteen no-shows with them, or 58 - 40 would leave them.
    assert (by_status["FULFILLED"], by_status["NO_SHOW"], by_status["CANCELLED"], by_status["BOOKED"]) == (None, None, None, None)
    assert all(cell["suppressed"] for cell in told["appointmentsByStatus"])
    assert told["noShowRate"] is None
    weekdays = _counts(told["appointmentsByWeekday"])
    assert (weekdays["MONDAY"], weekdays["SUNDAY"]) == (58, 0)
    assert _counts(told["appointmentsByHour"])["09"] == 58
    assert _counts(told["appointmentsBySpecialty"]) == {"394802001": 58}
    assert told["leadTimes"] == [{"month": "2026-01", "medianDays": 7, "meanDays": 7.0}]
    assert told["revenue"] == [{"month": "2026-01", "currency": "USD", "amount": {"minorUnits": 55_000}}]
    assert _counts(told["payerMix"]) == {"Aetna": 30, "NONE": 28}
    assert (told["threshold"], told["timeZone"]) == (11, "UTC")


async def test_the_no_show_rate_is_told_where_both_of_its_parts_are(january: Graph) -> None:
    await Appointment.find({"status": "CANCELLED"}).delete()
    told = (await january.data("analyst", ASKED, **JANUARY))["statistics"]
    by_status = _counts(told["appointmentsByStatus"])
    assert (by_status["FULFILLED"], by_status["NO_SHOW"], by_status["BOOKED"]) == (40, 15, 0)
    assert told["noShowRate"] == 0.273


async def test_one_bill_that_makes_most_of_the_sum_withholds_it(january: Graph) -> None:
    await _invoice(77, dollars(900_000), None).insert()
    told = (await january.data("analyst", ASKED, **JANUARY))["statistics"]
    assert told["revenue"] == []


async def test_what_is_open_is_told_by_how_late_it_was_and_silent_about_few(january: Graph) -> None:
    rows = Invoice.get_pymongo_collection()
    await rows.update_many({"patient_id": {"$in": [f"P{number}" for number in range(12)]}}, {"$set": {"due_on": "2026-01-20"}})
    await rows.update_many(
        {"patient_id": {"$in": [f"P{number}" for number in range(20, 23)]}}, {"$set": {"due_on": "2025-10-01"}}
    )
    told = (await january.data("analyst", ASKED, **JANUARY))["statistics"]["receivables"]
    assert {each["age"]: each["amount"] and each["amount"]["minorUnits"] for each in told if each["currency"] == "USD"} == {
        "CURRENT": 40_000,
        "DAYS_1_TO_30": 12_000,
        "DAYS_31_TO_60": None,
        "DAYS_61_TO_90": None,
        "OVER_90_DAYS": None,  # three patients
    }
    assert {each["currency"] for each in told} == {"USD"}  # three patients have bills in yen
    before = (await january.data("analyst", ASKED, **{"from": "2025-12-01", "to": "2026-01-01"}))["statistics"]["receivables"]
    assert before == []


async def test_three_commands_whatever_the_rows_and_the_months(january: Graph) -> None:
    few = await january.ask("analyst", ASKED, **{"from": "2025-12-01", "to": "2026-01-01"})
    many = await january.ask("analyst", ASKED, **{"from": "2023-02-01", "to": "2026-02-01"})
    assert few.errors == many.errors == []
    assert few.commands == many.commands <= 4


@pytest.mark.parametrize("collection", [Appointment, Invoice])
async def test_the_months_are_found_through_an_index(january: Graph, collection: type[Appointment | Invoice]) -> None:
    field = "start" if collection is Appointment else "issued_at"
    plan = await collection.get_pymongo_collection().find({field: {"$gte": MONDAY_MORNING, "$lt": MONDAY_MORNING}}).explain()
    assert "COLLSCAN" not in str(plan["queryPlanner"]["winningPlan"])


async def test_spans_overlapping_in_all_ways_differ_by_told_months_only(january: Graph) -> None:
    """The attacker subtracts every span from every longer one: what is left is what its months tell by themselves."""
    await Appointment.insert_many(
        [_visit(january, number, AppointmentStatus.FULFILLED, MONDAY_MORNING - timedelta(days=31)) for number in range(12)]
        + [_visit(january, 5, AppointmentStatus.NO_SHOW, MONDAY_MORNING - timedelta(days=62))]
    )
    firsts = ["2025-11-01", "2025-12-01", "2026-01-01", "2026-02-01"]
    told = {}
    for start in range(3):
        for end in range(start + 1, 4):
            span = {"from": firsts[start], "to": firsts[end]}
            told[start, end] = (await january.data("analyst", ASKED, **span))["statistics"]
    for table in ("appointmentsByStatus", "appointmentsByWeekday", "appointmentsByHour", "appointmentsBySpecialty", "payerMix"):
        alone = [{cell["key"]: cell["count"] or 0 for cell in told[month, month + 1][table]} for month in range(3)]
        for (start, end), statistics in told.items():
            for cell in statistics[table]:
                assert (cell["count"] or 0) == sum(alone[month].get(cell["key"], 0) for month in range(start, end))
    assert _counts(told[0, 1]["appointmentsByStatus"])["NO_SHOW"] is None
    assert told[0, 1]["leadTimes"][0]["meanDays"] is None


async def test_a_month_that_is_not_over_is_refused(january: Graph) -> None:
    answer = await january.ask("analyst", ASKED, **{"from": "2026-03-01", "to": "2026-04-01"})
    assert answer.data is None
    assert "only months that are over" in answer.errors[0].message
