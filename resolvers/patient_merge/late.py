"""What was written for a merged patient by somebody who had begun before the merge was committed: it follows."""

from datetime import timedelta

from models.appointment import Appointment
from models.patient import Patient
from models.patient_merge import PatientMerge
from resolvers.context import RequestContext
from resolvers.patient_merge.moving import Move, move_all, named
from resolvers.patient_merge.places import moved_documents
from resolvers.patient_merge.taken_time import join, owners_of_time
from resolvers.ports import Session
from resolvers.rows import ONE_BATCH

LOOK_EVERY_SECONDS = 30.0
"""How often each process looks whether something came for a patient who was merged in the meantime."""

LOOKED_AFTER = timedelta(minutes=10)
"""A transaction lives for a minute at most (MongoDB's transactionLifetimeLimitSeconds)."""


async def gather_recent(context: RequestContext) -> int:
    """Looks after the merges of the last minutes. How many patients something had come for."""
    recent = {"at": {"$gt": context.access.instant - LOOKED_AFTER}, "undo": None}
    return await gather_late(context, await PatientMerge.get_pymongo_collection().distinct("_id", recent))


async def gather_late(context: RequestContext, merge_ids: list[str]) -> int:
    """A few commands for all of them, where nothing has come. How many patients something had come for."""
    merges = await PatientMerge.find({"_id": {"$in": merge_ids}, "undo": None}, batch_size=ONE_BATCH).to_list()
    late = await _named({merge.merged_id for merge in merges})
    for merge in merges:
        if merge.merged_id in late:
            await _gather(context, merge)
    return len(late)


async def _named(patient_ids: set[str]) -> set[str]:
    if not patient_ids:
        return set()
    found: set[str] = set(await owners_of_time(patient_ids))
    for document in moved_documents():
        found.update(await document.get_pymongo_collection().distinct("patient_id", named(*patient_ids)))
    return found


async def _gather(context: RequestContext, merge: PatientMerge) -> None:
    async def work(session: Session) -> None:
        current = await PatientMerge.get_pymongo_collection().find_one_and_update(
            {"_id": merge.id, "undo": None}, {"$inc": {"revision": 1}}, session=session
        )
        if current is None:
            return
        target = current["patient_id"]
        move = Move(session, merge.id, merge.merged_id, target, context.access.instant)
        theirs = {"patient_id": merge.merged_id}
        treating = await Appointment.get_pymongo_collection().distinct("provider_id", theirs, session=session)
        await move_all(move)
        await join(move)
        await Patient.get_pymongo_collection().update_one(
            {"_id": target}, {"$addToSet": {"treated_by": {"$each": treating}}}, session=session
        )

    # Nobody's doing: what it moves was audited when it was written, under the patient whose log shows it now.
    await context.ports.transaction(work)
