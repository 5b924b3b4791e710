"""Writing down that an entry has reached its patient, in the transaction that made it do so."""

from datetime import datetime, timedelta
from typing import Any

from pymongo import ReturnDocument

from models.record_release_event import RecordRelease, ReleaseFeed
from resolvers.context import RequestContext
from resolvers.ports import Session

MAIL_AFTER = timedelta(minutes=1)
"""What comes within it is told in one mail."""


async def add_release(context: RequestContext, session: Session, patient_id: str, record_id: str, at: datetime) -> RecordRelease:
    """Raising the patient's count makes releases exclude each other, so that they become visible in their order."""
    instant = context.access.instant
    feed: Any = await ReleaseFeed.get_pymongo_collection().find_one_and_update(
        {"_id": patient_id},
        {
            "$inc": {"sequence": 1},
            "$set": {"updated_at": instant},
            "$min": {"mail_due_at": instant + MAIL_AFTER},
            "$setOnInsert": {"revision": 1, "created_at": instant, "mailed": 0},
        },
        upsert=True,
        return_document=ReturnDocument.AFTER,
        session=session,
    )
    release = RecordRelease(patient_id=patient_id, record_id=record_id, sequence=int(feed["sequence"]), at=at)
    await release.insert(session=session)
    return release
