"""Amending: what was written stays as a version, and what is right now takes its place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic.alias_generators import to_camel

from models.record import Allergy, ClinicalNote, DocumentRecord, LabReport, Medication, Observation, Record, RecordStatus
from resolvers.complaints import Complaints
from resolvers.context import RequestContext
from resolvers.errors import Forbidden
from resolvers.ports import Session
from resolvers.record_writing.allergy_check import AllergyAcknowledgement, check_allergies
from resolvers.record_writing.allergy_list import make_room
from resolvers.record_writing.changing import change, check_reason
from resolvers.record_writing.entry import check_level, not_ahead
from resolvers.record_writing.measured import interpreted
from resolvers.record_writing.next_version import ENDS, next_version, read_record
from resolvers.record_writing.parts import PARTS
from resolvers.record_writing.record_medication import check_acknowledgements
from resolvers.record_writing.signing import UNSIGNED
from resolvers.record_writing.treating import must_see
from resolvers.user_errors import InvalidInput, Rejected

_AUTHORS_ONLY = (ClinicalNote, DocumentRecord)
_COMPARED = frozenset({"value", "reference_ranges"})
_WHAT_IS_TAKEN = frozenset({"code", "ingredients"})
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
    acknowledged: Sequence[AllergyAcknowledgement] = ()


async def amend_record(context: RequestContext, amendment: Amendment, key: str | None) -> str:
    """A new version with the ``status``; a draft stays one. The entry's id.

    Raises Forbidden for the notes and documents of others. Raises Rejected: InvalidInput by path, NotFound, AllergyWarning;
    Conflict where the entry has ended, or another version stands than was expected.
    """
    reason = check_reason(amendment.reason, ["reason"])
    part, changes = amendment.part, amendment.changes
    seen = await must_see(context, amendment.record_id, ["record"])
    _check_part(seen, part, changes)
    if isinstance(seen, _AUTHORS_ONLY) and seen.author_id != context.principal.provider_id:
        raise Forbidden("Notes and documents are amended by their author: write a note of your own.")
    await _check_level(context, seen, part, changes)

    async def work(session: Session) -> Record:
        before = await read_record(session, amendment.record_id, amendment.expected_version, ["record"])
        made = {**changes, **_consequences(before, changes)}
        after = type(before).model_validate({**dict(before), **made})
        _check_content(context, before, after, amendment)
        if isinstance(after, Allergy):
            await make_room(context, session, after, [part, "code"])
        if isinstance(after, Medication):
            made["acknowledged_allergies"] = await check_allergies(context, session, after, amendment.acknowledged, at=[part])
        status = before.status if before.status in UNSIGNED else amendment.status
        if isinstance(before, LabReport) and "confidentiality" in changes:
            await _observations_follow(context, session, before, amendment)
        return await next_version(context, session, before, status, made, reason)

    noted = {"record": amendment.record_id, "version": amendment.expected_version, "status": amendment.status, "reason": reason}
    told = [[given.allergy_id, given.reason] for given in amendment.acknowledged]
    changed = repr(sorted(changes.items(), key=lambda item: item[0]))
    return await change(context, "amendRecord", key, {**noted, "changes": changed, "acknowledged": told}, work)


def _check_part(record: Record, part: str, changes: Mapping[str, Any]) -> None:
    expected, _ = PARTS[type(record)]
    if part != expected:
        raise Rejected(InvalidInput(message=f"This entry is changed through {expected}.", path=[part]))
    if not changes:
        raise Rejected(InvalidInput(message="Give at least one field to change.", path=[part]))


async def _check_level(context: RequestContext, record: Record, part: str, changes: Mapping[str, Any]) -> None:
    if "confidentiality" in changes:
        complaints = Complaints()
        level, path = changes["confidentiality"], [part, "confidentiality"]
        await check_level(context, complaints, type(record), record.patient_id, level, path)
        complaints.check()


def _consequences(before: Record, changes: Mapping[str, Any]) -> dict[str, Any]:
    """What does not stand any more when something else changes."""
    made: dict[str, Any] = {}
    if isinstance(before, Medication) and not _WHAT_IS_TAKEN.isdisjoint(changes):
        made["acknowledged_allergies"] = []  # another medication is weighed anew
    if not isinstance(before, Observation):
        return made
    if not _FOUND.isdisjoint(changes):
        made["acknowledgement"] = None  # another value is another thing to take in hand
    if not _COMPARED.isdisjoint(changes) and "interpretations" not in changes:
        # How the value before compared says nothing about this one.
        value, ranges = changes.get("value", before.value), changes.get("reference_ranges", before.reference_ranges)
        made.update(interpretations=interpreted(value, ranges), acknowledgement=None)
    return made


def _check_content(context: RequestContext, before: Record, after: Record, amendment: Amendment) -> None:
    """What was imported may break our rules: only what is wrong through the amendment is held against it."""
    part, check = PARTS[type(after)]
    complaints, standing, instant = Complaints(), Complaints(), context.access.instant
    for record, found in ((after, complaints), (before, standing)):
        check(found, record, [part], instant)
        not_ahead(found, record.effective_at, [part, "effectiveAt"], instant)
    changed = {to_camel(name) for name in amendment.changes}
    complaints.found = [each for each in complaints.found if each not in standing.found or not changed.isdisjoint(each.path[1:2])]
    check_acknowledgements(complaints, amendment.acknowledged, [part, "acknowledgedAllergies"])
    complaints.check()


async def _observations_follow(context: RequestContext, session: Session, report: Record, amendment: Amendment) -> None:
    level = {"confidentiality": amendment.changes["confidentiality"]}
    standing = {"lab_report_id": report.id, "status": {"$nin": [status.value for status in ENDS]}}
    for result in await Observation.find(standing, session=session).to_list():
        status = result.status if result.status in UNSIGNED else amendment.status
        await next_version(context, session, result, status, level, amendment.reason.strip())
