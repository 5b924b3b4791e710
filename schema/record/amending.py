"""From amendRecord's input, of which one part is given, to the use case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic.alias_generators import to_snake

from models.record import Record, RecordStatus
from resolvers.record_writing.amending import Amendment, amend_record
from resolvers.record_writing.parts import PARTS
from resolvers.user_errors import InvalidInput, Rejected
from schema.info import Info
from schema.record.inputs.acknowledgements import acknowledged
from schema.record.inputs.amendments import MedicationAmendment
from schema.record.inputs.contents import changes_of

if TYPE_CHECKING:
    from schema.record.mutations.amend_record import AmendRecordInput

# As the input names its parts: labReport is lab_report there.
_KINDS: dict[str, tuple[str, type[Record]]] = {to_snake(part): (part, kind) for kind, (part, _) in PARTS.items()}


async def amended(info: Info, record_id: str, given: AmendRecordInput) -> str:
    """The entry's id. Raises as ``amend_record``."""
    parts = [name for name in _KINDS if getattr(given, name) is not None]
    if len(parts) != 1:
        shown = ", ".join(part for part, _ in _KINDS.values())
        message = f"Has {len(parts)} of {shown}; exactly one is given."
        raise Rejected(InvalidInput(message=message, path=[]))
    part, kind = _KINDS[parts[0]]
    content = getattr(given, parts[0])
    changes = changes_of(kind, content, [part])
    changes.pop("acknowledged_allergies", None)
    known = []
    if isinstance(content, MedicationAmendment):
        known = acknowledged(content.acknowledged_allergies, ["input", part, "acknowledgedAllergies"])
    amendment = Amendment(
        record_id=record_id,
        expected_version=given.expected_version,
        status=RecordStatus(given.kind.name),
        part=part,
        changes=changes,
        reason=given.reason,
        acknowledged=known,
    )
    return await amend_record(info.context, amendment, given.idempotency_key)
