"""From one version of an entry to the next: the one before is kept as it was stored, and of two writers one wins."""

from collections.abc import Mapping
from typing import Any

from models.record import Record, RecordChange, RecordStatus, RecordVersion
from models.record.base import ChangeReason
from resolvers.context import RequestContext
from resolvers.encoding import stored_changes
from resolvers.ports import Session
from resolvers.user_errors import Conflict, NotFound, Rejected

ENDS = frozenset({RecordStatus.ENTERED_IN_ERROR, RecordStatus.CANCELLED})
"""Nothing follows them."""


async def read_record(session: Session, record_id: str, expected_version: int | None, path: list[str]) -> Record:
    """As it stands inside the transaction. Raises Rejected: NotFound, or Conflict where another version stands."""
    record = await Record.find_one({"_id": record_id}, with_children=True, session=session)
    if record is None:
        raise Rejected(NotFound(message="No such entry of the record.", path=path))
    if expected_version is not None and record.version != expected_version:
        raise Rejected(changed_meanwhile(record.version))
    return record


async def next_version(
    context: RequestContext,
    session: Session,
    before: Record,
    status: RecordStatus,
    changes: Mapping[str, Any],
    reason: str | None,
) -> Record:
    """The entry as it is from now on. ``changes`` are fields of its kind.

    Raises Rejected: Conflict where it ended, or somebody else was faster (the condition on the version decides).
    """
    if before.status in ENDS:
        raise Rejected(Conflict(message=f"The entry is {before.status.value}: it does not change any more.", path=["record"]))
    instant = context.access.instant
    made = {
        **changes,
        "status": status,
        "version": before.version + 1,
        "version_at": instant,
        "change": _change(context, reason),
        "revision": before.revision + 1,
        "updated_at": instant,
    }
    kind = type(before)
    # Through the type, so that what follows from other fields (critical values) is worked out again.
    after: Record = kind.model_validate({**dict(before), **made})
    if "critical" in kind.model_fields:
        made["critical"] = getattr(after, "critical")  # noqa: B009 -- of observations only
    rows = Record.get_pymongo_collection()
    stored = await rows.find_one({"_id": before.id, "version": before.version}, session=session)
    updated = await rows.update_one(
        {"_id": before.id, "version": before.version}, {"$set": stored_changes(kind, made)}, session=session
    )
    if stored is None or updated.matched_count == 0:
        raise Rejected(changed_meanwhile(None))
    kept = RecordVersion(record_id=before.id, patient_id=before.patient_id, version=before.version, document=stored)
    await kept.insert(session=session)
    fields = [*changes, *(["status"] if status is not before.status else []), "version"]
    context.trail.changed(kind.__name__, before.id, before.patient_id, fields)
    return after


def changed_meanwhile(version: int | None) -> Conflict:
    message = "The entry has another version by now: read it again."
    if version is not None:
        message = f"The entry is at version {version} by now: read it again."
    return Conflict(message=message, path=["expectedVersion"], current_version=version)


def _change(context: RequestContext, reason: str | None) -> RecordChange:
    return RecordChange(
        by_account_id=context.principal.account_id,
        by_provider_id=context.principal.provider_id,
        reason=None if reason is None else ChangeReason(reason),
    )
