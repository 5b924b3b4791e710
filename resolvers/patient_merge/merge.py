"""Merging a patient into another: everything that names the one names the other, in one transaction."""

from dataclasses import dataclass

from beanie.odm.utils.dump import get_dict
from pymongo.errors import DuplicateKeyError

from models.patient import Patient
from models.patient_merge import ChangedField, PatientMerge
from resolvers.complaints import Complaints
from resolvers.context import RequestContext
from resolvers.idempotency import Answer, once
from resolvers.patient_merge.clashes import AccountOf, settle
from resolvers.patient_merge.joining import Joined, Stored, joined
from resolvers.patient_merge.late import gather_late
from resolvers.patient_merge.moving import Move, move_all
from resolvers.patient_merge.taken_time import join
from resolvers.policy import restrict
from resolvers.ports import Session
from resolvers.user_errors import Conflict, InvalidInput, NotFound, Rejected

MAX_REASON = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeWish:
    """``merge_id`` becomes ``keep_id``. Revisions are those that the caller has looked at, if they say so."""

    keep_id: str
    merge_id: str
    reason: str
    account_of: AccountOf | None = None
    keep_revision: int | None = None
    merge_revision: int | None = None


async def merge_patients(context: RequestContext, wish: MergeWish, key: str | None) -> PatientMerge:
    """Raises Rejected: NotFound for either patient, Conflict for another revision, and whatever is to be done first
    (``resolvers.patient_merge.clashes``). Nothing is written then.
    """
    check_reason(wish.reason)
    if wish.keep_id == wish.merge_id:
        raise Rejected(InvalidInput(message="Is the same patient as `keep`.", path=["merge"]))

    async def work(session: Session) -> Answer:
        kept = await _read(context, session, wish.keep_id, wish.keep_revision, "keep")
        merged = await _read(context, session, wish.merge_id, wish.merge_revision, "merge")
        merge = _merge_of(context, wish)
        move = Move(session, merge.id, wish.merge_id, wish.keep_id, context.access.instant)
        changed = await settle(move, wish.account_of)
        came = joined(kept, merged, context.access.instant)
        await move_all(move)
        await join(move)
        await _join_rows(move, kept, merged, came)
        await _write_down(merge, merged, came, changed, session)
        context.trail.changed("PatientMerge", merge.id, wish.keep_id, ["merged_id", "reason"])
        context.trail.changed("Patient", wish.keep_id, wish.keep_id, list(came.changes))
        context.trail.changed("Patient", wish.merge_id, wish.merge_id, ["merged_into"])
        return {"merge_id": merge.id}

    noted = {"keep": wish.keep_id, "merge": wish.merge_id, "reason": wish.reason, "account": wish.account_of}
    try:
        answer = await once(context, "mergePatients", key, noted, work)
    except DuplicateKeyError as error:
        message = "Both have something that one patient can have but once: look at the two again."
        raise Rejected(Conflict(message=message, path=["merge"])) from error
    await gather_late(context, [answer["merge_id"]])
    return await read_merge(answer["merge_id"])


def check_reason(reason: str) -> None:
    complaints = Complaints()
    complaints.text(["reason"], reason, most=MAX_REASON, required=True, lines=True)
    complaints.check()


async def read_merge(merge_id: str) -> PatientMerge:
    merge = await PatientMerge.get(merge_id)
    if merge is None:
        raise Rejected(NotFound(message="No such merge.", path=["merge"]))
    return merge


async def _read(context: RequestContext, session: Session, patient_id: str, revision: int | None, name: str) -> Stored:
    visible = await restrict(Patient, context.access, {"_id": patient_id})
    row = await Patient.get_pymongo_collection().find_one(visible, session=session)
    if row is None:
        raise Rejected(NotFound(message="No such patient.", path=[name]))
    if revision is not None and row["revision"] != revision:
        message = f"The profile is at revision {row['revision']}, no longer at {revision}: look at it again."
        raise Rejected(Conflict(message=message, path=["expectedRevisions", name]))
    return Stored.of(row)


def _merge_of(context: RequestContext, wish: MergeWish) -> PatientMerge:
    return PatientMerge(
        patient_id=wish.keep_id,
        kept_id=wish.keep_id,
        merged_id=wish.merge_id,
        reason=wish.reason.strip(),
        by_id=context.principal.account_id or "",
        at=context.access.instant,
    )


async def _join_rows(move: Move, kept: Stored, merged: Stored, came: Joined) -> None:
    """Both rows are written, so that whoever changes one of them at the same time conflicts."""
    patients = Patient.get_pymongo_collection()
    await patients.delete_one({"_id": merged.patient.id}, session=move.session)
    changes = {**came.changes, "updated_at": move.instant}
    await patients.update_one({"_id": kept.patient.id}, {"$set": changes, "$inc": {"revision": 1}}, session=move.session)


async def _write_down(merge: PatientMerge, merged: Stored, came: Joined, changed: list[ChangedField], session: Session) -> None:
    """Raw, for the sake of the tombstone: it comes back as it was."""
    merge.proxies, merge.care_team, merge.treated_by, merge.changed = came.proxies, came.care_team, came.treated_by, changed
    document = get_dict(merge, to_db=True)
    await PatientMerge.get_pymongo_collection().insert_one({**document, "merged": merged.row}, session=session)
