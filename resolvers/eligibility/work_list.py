"""Coverages to verify before their patients come: of the next week's visits, never answered for or too long ago."""

from datetime import UTC, datetime, timedelta
from typing import Any

from models.appointment import Appointment, AppointmentStatus
from models.coverage import Coverage, CoverageStatus, EligibilityCheck, EligibilityOutcome
from resolvers.eligibility.knowledge import FRESH_FOR
from resolvers.rows import ONE_BATCH

AHEAD = timedelta(days=7)
_UNDER_WAY = timedelta(hours=12)
"""Who has come already is asked about, too."""

_COMING = [AppointmentStatus.BOOKED.value, AppointmentStatus.PENDING.value]
_THERE = [AppointmentStatus.CHECKED_IN.value, AppointmentStatus.ARRIVED.value]
_ANSWERED = [EligibilityOutcome.COMPLETE.value, EligibilityOutcome.PARTIAL.value]


async def needing_verification(instant: datetime) -> list[str]:
    """Their ids, in order. Two commands, whatever their number."""
    patients = await _expected(instant)
    rows = await Coverage.get_pymongo_collection().aggregate(_unanswered(patients, instant), batchSize=ONE_BATCH)
    return [row["_id"] for row in await rows.to_list()]


async def _expected(instant: datetime) -> list[str]:
    until = instant + AHEAD
    within = {
        "$or": [
            {"status": {"$in": _COMING}, "start": {"$gte": instant, "$lt": until}},
            {"status": {"$in": _THERE}, "start": {"$gte": instant - _UNDER_WAY, "$lt": until}},
        ]
    }
    found: list[str] = await Appointment.get_pymongo_collection().distinct("patient_id", within)
    return found


def _unanswered(patients: list[str], instant: datetime) -> list[dict[str, Any]]:
    """As ``resolvers.eligibility.knowledge`` has it: the newest answer counts, and an asking without one does not."""
    fresh_from = max(instant - FRESH_FOR, datetime(instant.year, 1, 1, tzinfo=UTC) - timedelta(milliseconds=1))
    answers: list[dict[str, Any]] = [
        {"$match": {"outcome": {"$in": _ANSWERED}, "in_force": {"$ne": None}, "checked_at": {"$gt": fresh_from}}},
        {"$limit": 1},
        {"$project": {"_id": 1}},
    ]
    return [
        {
            "$match": {
                "patient_id": {"$in": sorted(patients)},
                "status": CoverageStatus.ACTIVE.value,
                "period.start": {"$not": {"$gte": instant + AHEAD}},
                "period.end": {"$not": {"$lte": instant}},
            }
        },
        {
            "$lookup": {
                "from": EligibilityCheck.get_pymongo_collection().name,
                "localField": "_id",
                "foreignField": "coverage_id",
                "pipeline": answers,
                "as": "fresh",
            }
        },
        {"$match": {"fresh": []}},
        {"$project": {"_id": 1}},
        {"$sort": {"_id": 1}},
    ]
