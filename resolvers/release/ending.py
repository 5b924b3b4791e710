"""Holds that end by themselves. Policy shows what was held from that instant on; this job tells that it does.

Any number of processes may look at once: the conditional update of ``mark_reached`` lets one of them tell.
"""

import logging
from typing import Any

from models.confidentiality import Confidentiality
from models.record import EVER, Record
from resolvers.context import RequestContext
from resolvers.ports import Session
from resolvers.release.announcing import ANNOUNCED, announce
from resolvers.transactions import transact

_log = logging.getLogger(__name__)

_AT_ONCE = 200


async def tell_ended(context: RequestContext) -> int:
    """Tells of up to 200 holds that have ended. How many were told by this call.

    ``context`` is of nobody, and made for this run. What fails is logged, and found again by the next run.
    """
    told = 0
    for record_id in await _ended(context):
        try:
            told += await transact(context, lambda session, record_id=record_id: _tell(context, session, record_id))  # type: ignore[misc]
        except Exception as error:  # noqa: BLE001  # one odd entry must not keep all others from being told
            _log.error("the end of a hold could not be told (%s); it is tried again", type(error).__name__)
    return told


async def _ended(context: RequestContext) -> list[str]:
    due: dict[str, Any] = {
        "release.at": None,
        "release.hold.until": {"$gt": EVER, "$lte": context.access.instant},
        "lab_report_id": None,
        "status": {"$in": sorted(ANNOUNCED)},
        "confidentiality": {"$ne": Confidentiality.VERY_RESTRICTED.value},
    }
    rows = Record.get_pymongo_collection().find(due, {"_id": 1}, batch_size=_AT_ONCE + 1).hint("by_end_of_hold").limit(_AT_ONCE)
    return [row["_id"] for row in await rows.to_list()]


async def _tell(context: RequestContext, session: Session, record_id: str) -> bool:
    record = await Record.find_one({"_id": record_id}, with_children=True, session=session)
    if record is None or record.release.hold is None:
        return False
    if not await announce(context, session, record, at=record.release.hold.until):
        return False
    context.trail.changed(type(record).__name__, record.id, record.patient_id, ["release"])
    return True
