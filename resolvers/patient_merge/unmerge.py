"""Undoing a merge: what came with the merged patient goes back, what came since stays."""

from pymongo.errors import DuplicateKeyError

from models.appointment import Appointment
from models.patient import Patient
from models.patient_merge import MergeUndo, PatientMerge
from resolvers.context import RequestContext
from resolvers.encoding import stored_part
from resolvers.idempotency import Answer, once
from resolvers.patient_merge.clashes import set_back
from resolvers.patient_merge.joining import Joined, Row, Stored, parted
from resolvers.patient_merge.merge import check_reason, read_merge
from resolvers.patient_merge.moving import Move, move_back
from resolvers.patient_merge.taken_time import part
from resolvers.policy import restrict
from resolvers.ports import Session
from resolvers.user_errors import Conflict, NotFound, Rejected


async def unmerge_patients(context: RequestContext, merge_id: str, reason: str, key: str | None) -> PatientMerge:
    """Raises Rejected: NotFound, and Conflict for what is undone already, for a kept patient that was merged since or got another
    one (the later merge is undone first), and where somebody else has the MRN or an account for one of them meanwhile.
    """
    check_reason(reason)

    async def work(session: Session) -> Answer:
        merge = await _undoable(context, session, merge_id)
        kept = await _kept(session, merge)
        merged = Stored.of(merge.merged or {})
        move = Move(session, merge.id, merge.kept_id, merge.merged_id, context.access.instant)
        await _mark(context, move, reason)
        moved = await move_back(move)
        await set_back(move, merge.changed)
        visits = moved[Appointment.get_collection_name()]
        await part(move, visits)
        await _part_rows(move, merge, kept, merged)
        context.trail.changed("PatientMerge", merge.id, merge.kept_id, ["undo"])
        context.trail.changed("Patient", merge.kept_id, merge.kept_id, ["proxies", "care_team", "treated_by", "former_mrns"])
        context.trail.changed("Patient", merge.merged_id, merge.merged_id, ["merged_into"])
        return {"merge_id": merge.id}

    try:
        await once(context, "unmergePatients", key, {"merge": merge_id, "reason": reason}, work)
    except DuplicateKeyError as error:
        message = "Somebody else has the medical record number of the merged patient, or an account for one of the two, by now."
        raise Rejected(Conflict(message=message, path=["merge"])) from error
    return await read_merge(merge_id)


async def _undoable(context: RequestContext, session: Session, merge_id: str) -> PatientMerge:
    visible = await restrict(PatientMerge, context.access, {"_id": merge_id})
    merge = await PatientMerge.find_one(visible, session=session)
    if merge is None:
        raise Rejected(NotFound(message="No such merge.", path=["merge"]))
    if merge.undo is not None:
        raise Rejected(Conflict(message="This merge is undone already.", path=["merge"]))
    later = {"kept_id": merge.kept_id, "undo": None, "_id": {"$gt": merge_id}}
    if merge.patient_id != merge.kept_id or await PatientMerge.find(later, session=session).exists():
        message = "The kept patient took part in a later merge: undo that first."
        raise Rejected(Conflict(message=message, code="LATER_MERGE", path=["merge"]))
    return merge


async def _kept(session: Session, merge: PatientMerge) -> Stored:
    row = await Patient.get_pymongo_collection().find_one({"_id": merge.kept_id}, session=session)
    if row is None:
        raise Rejected(Conflict(message="The kept patient is no longer there.", path=["merge"]))
    return Stored.of(row)


async def _mark(context: RequestContext, move: Move, reason: str) -> None:
    """The tombstone goes: it is a patient again."""
    undo = MergeUndo(by_id=context.principal.account_id or "", reason=reason.strip(), at=move.instant)
    changes = {"undo": stored_part(PatientMerge, undo), "merged": None, "updated_at": move.instant}
    marked = await PatientMerge.get_pymongo_collection().update_one(
        {"_id": move.merge_id, "undo": None}, {"$set": changes, "$inc": {"revision": 1}}, session=move.session
    )
    if marked.matched_count == 0:
        raise Rejected(Conflict(message="This merge is undone already.", path=["merge"]))


async def _part_rows(move: Move, merge: PatientMerge, kept: Stored, merged: Stored) -> None:
    came = Joined({}, merge.proxies, merge.care_team, merge.treated_by)
    still_treating = await _providers_of(move, merge.kept_id)
    changes, back = parted(kept, merged, came, still_treating)
    treating = [*merged.patient.treated_by, *sorted(await _providers_of(move, merge.merged_id) - set(merged.patient.treated_by))]
    stamps: Row = {"revision": merged.row["revision"] + 1, "updated_at": move.instant}
    patients = Patient.get_pymongo_collection()
    await patients.update_one(
        {"_id": merge.kept_id}, {"$set": {**changes, "updated_at": move.instant}, "$inc": {"revision": 1}}, session=move.session
    )
    await patients.insert_one({**back, "treated_by": treating, **stamps}, session=move.session)


async def _providers_of(move: Move, patient_id: str) -> set[str]:
    theirs = {"patient_id": patient_id}
    return set(await Appointment.get_pymongo_collection().distinct("provider_id", theirs, session=move.session))
