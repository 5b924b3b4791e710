"""The stored side of a release: an entry, the observations of a report and earlier versions are held and released together."""

from datetime import datetime
from typing import Any

from models.record import LabReport, Observation, Record, RecordVersion, Release
from resolvers.encoding import stored_part
from resolvers.ports import Session


def part_of_report(record: Record) -> str | None:
    """The report that an observation belongs to: it is held and released with it, and has no release of its own."""
    return record.lab_report_id if isinstance(record, Observation) else None


async def write_release(session: Session, record: Record, release: Release, instant: datetime) -> None:
    """Three commands at most. What hides an entry hides its past: the versions kept of it get the same release."""
    ids = [record.id]
    rows = Record.get_pymongo_collection()
    if isinstance(record, LabReport):
        found = rows.find({"lab_report_id": record.id}, {"_id": 1}, session=session)
        ids += [row["_id"] for row in await found.to_list()]
    stored = stored_part(Record, release)
    change: dict[str, Any] = {"$set": {"release": stored, "updated_at": instant}, "$inc": {"revision": 1}}
    await rows.update_many({"_id": {"$in": ids}}, change, session=session)
    versions = RecordVersion.get_pymongo_collection()
    await versions.update_many({"record_id": {"$in": ids}}, {"$set": {"document.release": stored}}, session=session)
    record.release = release


async def mark_reached(session: Session, record: Record, at: datetime, instant: datetime) -> bool:
    """Notes that the entry reached its patient, once: False where that was noted before, or a hold stands."""
    rows = Record.get_pymongo_collection()
    no_hold = {"$or": [{"release.hold": None}, {"release.hold.until": {"$lte": instant}}]}
    marked = {"$set": {"release.at": at, "updated_at": instant}, "$inc": {"revision": 1}}
    reached = await rows.update_one({"_id": record.id, "release.at": None, **no_hold}, marked, session=session)
    if reached.matched_count == 0:
        return False
    if isinstance(record, LabReport):
        await rows.update_many({"lab_report_id": record.id, "release.at": None}, marked, session=session)
    record.release = Release(at=at, hold=record.release.hold)
    return True
