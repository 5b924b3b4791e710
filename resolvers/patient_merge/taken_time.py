"""The patients' taken time: two schedules put into one, and apart again."""

from datetime import date, datetime
from typing import Any

from pymongo import DeleteOne, InsertOne, UpdateOne
from pymongo.asynchronous.collection import AsyncCollection

from models.busy_day import BusyDay, busy_day_id
from resolvers.busy_time import holds
from resolvers.patient_merge.moving import CHUNK, Move, Row, chunks, note, notes
from resolvers.ports import Session
from resolvers.rows import ONE_BATCH
from resolvers.scheduling.span import Span


async def overlaps(session: Session, kept_id: str, merged_id: str, instant: datetime) -> list[Span]:
    """Visits of the merged patient, not over yet, at a time when the kept one has a visit, too. The past is as it was."""
    theirs = await _days_of(session, merged_id)
    ours = {row["day"]: row for row in await _days_of(session, kept_id)}
    clashes = {
        (period["start"], period["end"])
        for row in theirs
        for period in row["periods"]
        for other in ours.get(row["day"], {"periods": ()})["periods"]
        if holds(period, instant) and holds(other, instant)
        if period["start"] < other["end"] and other["start"] < period["end"]
        if max(period["end"], other["end"]) > instant
    }
    return [Span(start, end) for start, end in sorted(clashes)]


async def join(move: Move) -> None:
    """The source's days into the target's. They are written in any case, so that a booking at the same time conflicts with it."""
    days = await _days_of(move.session, move.source)
    if not days:
        return
    wanted = [_id_of(move.target, row["day"]) for row in days]
    there = {row["_id"] async for row in _rows().find({"_id": {"$in": wanted}}, {"_id": 1}, session=move.session)}
    await note(move, BusyDay, rows=days, made=[day for day in wanted if day not in there])
    operations: list[Any] = []
    for row in days:
        made = {"owner_id": move.target, "day": row["day"], "revision": 1, "created_at": move.instant}
        update = {
            "$push": {"periods": {"$each": row["periods"]}},
            "$setOnInsert": made,
            "$set": {"updated_at": move.instant},
        }
        operations += [
            UpdateOne({"_id": _id_of(move.target, row["day"])}, update, upsert=True),
            DeleteOne({"_id": row["_id"]}),
        ]
    await _write(move, operations)


async def part(move: Move, visit_ids: set[str]) -> None:
    """The time of the given visits, as it is now, from the source to the target."""
    before: dict[str, Row] = {}
    made: list[str] = []
    for chunk in await notes(move.session, move.merge_id):
        if chunk["collection"] == BusyDay.Settings.name:
            before.update({row["day"]: row for row in chunk["rows"]})
            made += chunk["made"]
    apart: dict[str, list[Row]] = {day: [] for day in before}
    operations: list[Any] = []
    for row in await _days_of(move.session, move.source):
        theirs = [period for period in row["periods"] if period["appointment_id"] in visit_ids]
        if not theirs:
            continue
        apart[row["day"]] = theirs
        gone = {"periods": {"appointment_id": {"$in": [period["appointment_id"] for period in theirs]}}}
        operations.append(UpdateOne({"_id": row["_id"]}, {"$pull": gone, "$set": {"updated_at": move.instant}}))
    for day, periods in apart.items():
        operations.append(InsertOne({**(before.get(day) or _new_day(move, day)), "periods": periods}))
    await _write(move, operations)
    await _rows().delete_many({"_id": {"$in": made}, "periods": []}, session=move.session)


def _id_of(owner_id: str, day: str) -> str:
    return busy_day_id(owner_id, date.fromisoformat(day))


async def owners_of_time(patient_ids: set[str]) -> list[str]:
    """Those of them who have busy days."""
    return await _rows().distinct("owner_id", {"owner_id": {"$in": list(patient_ids)}})


def _new_day(move: Move, day: str) -> Row:
    stamps = {"revision": 1, "created_at": move.instant, "updated_at": move.instant}
    return {"_id": _id_of(move.target, day), **stamps, "owner_id": move.target, "day": day}


async def _days_of(session: Session, owner_id: str) -> list[Row]:
    return await _rows().find({"owner_id": owner_id}, session=session, batch_size=ONE_BATCH).sort("_id").to_list()


async def _write(move: Move, operations: list[Any]) -> None:
    for chunk in chunks(operations, CHUNK):
        await _rows().bulk_write(chunk, ordered=True, session=move.session)


def _rows() -> AsyncCollection[Row]:
    return BusyDay.get_pymongo_collection()
