"""What MongoDB counts: one aggregation over the visits, one over the invoices, whatever their number."""

from typing import Any

from pymongo.asynchronous.collection import AsyncCollection

from models.appointment import Appointment, AppointmentStatus
from models.coverage import Coverage
from models.invoice import Invoice, InvoiceStatus
from models.provider import Provider
from resolvers.policy.rule import ORDINARY
from resolvers.statistics.months import Months

Stage = dict[str, Any]
Rows = dict[str, list[dict[str, Any]]]

NO_SPECIALTY = "UNKNOWN"
NO_PAYER = "NONE"

_DAY_MS = 86_400_000


async def count_visits(months: Months) -> Rows:
    """Rows {month, key, count, patients} by ``status``, ``weekday``, ``hour``, ``specialty``; ``lead`` as {month, days, visits}.

    The visits that analysts read as rows, too: were more of them counted here, the difference would tell of confidential ones.
    """
    within = {
        **ORDINARY,
        "start": {"$gte": months.start, "$lt": months.end},
        "status": {"$ne": AppointmentStatus.ENTERED_IN_ERROR.value},
    }
    local = {"date": "$start", "timezone": "$time_zone"}
    stages: list[Stage] = [
        {"$match": within},
        {
            "$project": {
                "_id": 0,
                "patient": "$patient_id",
                "provider": "$provider_id",
                "month": _month("$start", months),
                "status": 1,
                "weekday": {"$toString": {"$isoDayOfWeek": local}},
                "hour": {"$toString": {"$hour": local}},
                "lead": {"$floor": {"$divide": [{"$subtract": ["$start", "$created_at"]}, _DAY_MS]}},
            }
        },
        {
            "$facet": {
                "status": _cells("$status"),
                "weekday": _cells("$weekday"),
                "hour": _cells("$hour"),
                "specialty": _by_specialty(),
                "lead": _lead(),
                "booked_ahead": [{"$match": {"lead": {"$gte": 0}}}, *_cells("booked ahead")],
            }
        },
    ]
    return await _one(Appointment.get_pymongo_collection(), stages)


async def count_invoices(months: Months) -> Rows:
    """``payer`` as rows {month, key, count, patients}; ``revenue`` as {month, currency, amount, patients, largest}.

    An invoice counts in the month it was issued, under its coverage's payer. Credit notes
    are below zero.
    """
    asked = [InvoiceStatus.ISSUED.value, InvoiceStatus.BALANCED.value]
    within = {**ORDINARY, "status": {"$in": asked}, "issued_at": {"$gte": months.start, "$lt": months.end}}
    stages: list[Stage] = [
        {"$match": within},
        {
            "$project": {
                "_id": 0,
                "patient": "$patient_id",
                "coverage": "$coverage_id",
                "month": _month("$issued_at", months),
                "currency": "$total.currency",
                "amount": "$total.minor_units",
            }
        },
        {"$facet": {"payer": _by_payer(), "revenue": _revenue()}},
    ]
    return await _one(Invoice.get_pymongo_collection(), stages)


def _month(field: str, months: Months) -> Stage:
    return {"$dateToString": {"date": field, "format": "%Y-%m", "timezone": months.time_zone}}


def _cells(key: str) -> list[Stage]:
    """Groups by patient first, so that distinct patients are counted without a set of them."""
    return [
        {"$group": {"_id": {"month": "$month", "key": key, "patient": "$patient"}, "count": {"$sum": 1}}},
        *_of_patients(),
    ]


def _of_patients() -> list[Stage]:
    return [
        {"$group": {"_id": {"month": "$_id.month", "key": "$_id.key"}, "count": {"$sum": "$count"}, "patients": {"$sum": 1}}},
        {"$project": {"_id": 0, "month": "$_id.month", "key": "$_id.key", "count": 1, "patients": 1}},
    ]


def _by_specialty() -> list[Stage]:
    """By the code of the provider's first specialty, so that each visit is in one cell."""
    code = {"$first": {"$first": {"$first": "$found.specialties.codings.code"}}}
    return _looked_up("$provider", Provider.get_pymongo_collection().name, code, NO_SPECIALTY)


def _by_payer() -> list[Stage]:
    return _looked_up("$coverage", Coverage.get_pymongo_collection().name, {"$first": "$found.payer"}, NO_PAYER)


def _looked_up(field: str, collection: str, key: Stage, otherwise: str) -> list[Stage]:
    """Looks a reference up once for each month and patient, not for each row."""
    return [
        {"$group": {"_id": {"month": "$month", "of": field, "patient": "$patient"}, "count": {"$sum": 1}}},
        {"$lookup": {"from": collection, "localField": "_id.of", "foreignField": "_id", "as": "found"}},
        {"$set": {"key": {"$ifNull": [key, otherwise]}}},
        {
            "$group": {
                "_id": {"month": "$_id.month", "key": "$key", "patient": "$_id.patient"},
                "count": {"$sum": "$count"},
            }
        },
        *_of_patients(),
    ]


def _lead() -> list[Stage]:
    """How many visits were booked how many days ahead. Imported visits were never booked here, and are left out."""
    return [
        {"$match": {"lead": {"$gte": 0}}},
        {"$group": {"_id": {"month": "$month", "days": "$lead"}, "visits": {"$sum": 1}}},
        {"$project": {"_id": 0, "month": "$_id.month", "days": {"$toInt": "$_id.days"}, "visits": 1}},
    ]


def _revenue() -> list[Stage]:
    by_patient = {"month": "$month", "currency": "$currency", "patient": "$patient"}
    return [
        {"$group": {"_id": by_patient, "amount": {"$sum": "$amount"}}},
        {
            "$group": {
                "_id": {"month": "$_id.month", "currency": "$_id.currency"},
                "amount": {"$sum": "$amount"},
                "patients": {"$sum": 1},
                "largest": {"$max": {"$abs": "$amount"}},
            }
        },
        {"$project": {"_id": 0, "month": "$_id.month", "currency": "$_id.currency", "amount": 1, "patients": 1, "largest": 1}},
    ]


async def _one(collection: AsyncCollection[dict[str, Any]], stages: list[Stage]) -> Rows:
    """The one row of a ``$facet``."""
    cursor = await collection.aggregate(stages, allowDiskUse=True)
    rows: Rows = (await cursor.to_list())[0]
    return rows
