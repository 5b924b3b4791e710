"""The end of a stay in a visit: who leaves, whose last socket ends, and who has been silent for too long."""

from functools import partial
from typing import Any

from pymongo import ReturnDocument

from models.visit_entry import VisitEntry
from models.visit_signal import VisitSignalKind
from resolvers.context import RequestContext
from resolvers.ports import Session
from resolvers.transactions import transact
from resolvers.video.telling import tell_signal

_AT_ONCE = 100


async def end_entry(context: RequestContext, session: Session, within: dict[str, Any]) -> bool:
    """Ends the open entry that ``within`` finds, now or when its lease did, and tells the others. False when there is none.

    Conditional: of several who end the same entry, one does.
    """
    instant = context.ports.clock()
    row: Any = await VisitEntry.get_pymongo_collection().find_one_and_update(
        {**within, "left_at": None},
        [
            {
                "$set": {
                    "left_at": {"$min": ["$lease_until", instant]},
                    "followers": [],
                    "updated_at": instant,
                    "revision": {"$add": ["$revision", 1]},
                }
            }
        ],
        return_document=ReturnDocument.AFTER,
        session=session,
    )
    if row is None:
        return False
    entry = VisitEntry.model_validate(row)
    await tell_signal(context, session, entry, VisitSignalKind.LEFT, entry.account_id)
    context.trail.changed("VisitEntry", entry.id, entry.patient_id, ["left_at"])
    return True


async def end_abandoned(context: RequestContext) -> int:
    """Ends stays whose lease is over: the process that held them has died, or nobody ever followed. The number of them.

    Any number of processes may do it at once.
    """
    over = {"left_at": None, "lease_until": {"$lte": context.access.instant}}
    found = await VisitEntry.find(over).limit(_AT_ONCE).to_list()
    ended = 0
    for entry in found:
        within = {"_id": entry.id, "lease_until": {"$lte": context.access.instant}}
        ended += await transact(context, partial(_end, context, within))
    return ended


async def _end(context: RequestContext, within: dict[str, Any], session: Session) -> bool:
    return await end_entry(context, session, within)
