"""Amending: what was written stays as a version, and what is right now takes its place."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.record import (
    Allergy,
    ClinicalNote,
    Condition,
    DocumentRecord,
    Immunization,
    LabReport,
    Medication,
    Observation,
    Procedure,
    Record,
    RecordStatus,
)
from resolvers.complaints import Complaints
from resolvers.context import RequestContext
from resolvers.errors import Forbidden
from resolvers.ports import Session
from resolvers.record_writing.allergy_list import make_room
from resolvers.record_writing.changing import change, check_reason
from resolvers.record_writing.entry import not_ahead
from resolvers.record_writing.next_version import next_version, read_record
from resolvers.record_writing.record_allergy import check_allergy
from resolvers.record_writing.record_condition import check_condition
from resolvers.record_writing.record_immunization import check_immunization
from resolvers.record_writing.record_lab_report import check_lab_report
from resolvers.record_writing.record_medication import check_medication
from resolvers.record_writing.record_observation import check_observation
from resolvers.record_writing.record_procedure import check_procedure
from resolvers.record_writing.signing import UNSIGNED
from resolvers.record_writing.treating import must_see
from resolvers.record_writing.write_note import check_note
from resolvers.user_errors import InvalidInput, Rejected

Check = Callable[[Complaints, Any, list[str], datetime], None]


def _check_document(complaints: Complaints, document: DocumentRecord, at: list[str], _instant: datetime) -> None:
    complaints.text([*at, "title"], document.title, required=True)


PARTS: dict[type[Record], tuple[str, Check]] = {
    Allergy: ("allergy", check_allergy),
    ClinicalNote: ("note", check_note),
    Condition: ("condition", check_condition),
    DocumentRecord: ("document", _check_document),
    Immunization: ("immunization", check_immunization),
    LabReport: ("labReport", check_lab_report),
    Medication: ("medication", check_medication),
    Observation: ("observation", check_observation),
    Procedure: ("procedure", check_procedure),
}
"""For each kind the part of the input that changes it, and what is held against it then."""

_AUTHORS_ONLY = (ClinicalNote, DocumentRecord)
_FOUND = frozenset({"value", "components", "interpretations"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """``part`` names the input's part that was given, ``changes`` the stored fields in it; ``status`` AMENDED or CORRECTED."""

    record_id: str
    expected_version: int
    status: RecordStatus
    part: str
    changes: Mapping[str, Any]
    reason: str


async def amend_record(context: RequestContext, amendment: Amendment, key: str | None) -> str:
    """A new version with the ``status``; a draft stays one. The entry's id.

    Raises Forbidden for the notes and documents of others. Raises Rejected: InvalidInput by path, NotFound; Conflict where the
    entry has ended, or another version stands than was expected.
    """
    reason = check_reason(amendment.reason, ["reason"])
    seen = await must_see(context, amendment.record_id, ["record"])
    part, check = PARTS[type(seen)]
    if amendment.part != part:
        raise Rejected(InvalidInput(message=f"This entry is changed through {part}.", path=[amendment.part]))
    if not amendment.changes:
        raise Rejected(InvalidInput(message="Give at least one field to change.", path=[part]))
    if isinstance(seen, _AUTHORS_ONLY) and seen.author_id != context.principal.provider_id:
        raise Forbidden("Notes and documents are amended by their author: write a note of your own.")

    async def work(session: Session) -> Record:
        before = await read_record(session, amendment.record_id, amendment.expected_version, ["record"])
        changes = dict(amendment.changes)
        if isinstance(before, Observation) and not _FOUND.isdisjoint(changes):
            changes["acknowledgement"] = None  # another value is another thing to take in hand
        after = type(before).model_validate({**dict(before), **changes})
        complaints = Complaints()
        check(complaints, after, [part], context.access.instant)
        not_ahead(complaints, after.effective_at, [part, "effectiveAt"], context.access.instant)
        complaints.check()
        if isinstance(after, Allergy):
            await make_room(context, session, after, [part, "code"])
        status = before.status if before.status in UNSIGNED else amendment.status
        return await next_version(context, session, before, status, changes, reason)

    noted = {"record": amendment.record_id, "version": amendment.expected_version, "status": amendment.status, "reason": reason}
    changed = repr(sorted(amendment.changes.items(), key=lambda item: item[0]))
    return await change(context, "amendRecord", key, {**noted, "changes": changed}, work)
