"""What of an entry its reader gets: the patient's log is no road to what is held from the patient."""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.audit_event import AuditEvent
from models.base import StoredDocument
from models.record import RECORD_KINDS, Record, RecordVersion
from models.role import Role

if TYPE_CHECKING:
    from resolvers.context import RequestContext

_CLINICAL: dict[str, type[StoredDocument]] = {
    "Record": Record,
    "RecordVersion": RecordVersion,
    **{kind.__name__: Record for kind in RECORD_KINDS},
}


@dataclass(frozen=True, slots=True)
class Shown:
    """``subjects`` are ``Type:id``. Who, when and what for are never left out."""

    action: str
    subjects: list[str]
    fields: list[str]


async def shown_entry(context: "RequestContext", event: AuditEvent) -> Shown:
    """All of it for administrators. Patients get no entry of the record that they may not see now (one that is held, or a
    psychotherapy note): neither its id, nor fields of its kind, nor more of the action than its root type. One command, for all
    entries of an operation.
    """
    if Role.ADMIN in context.principal.roles:
        return Shown(event.action, event.subjects, event.fields)
    visible = await asyncio.gather(*(_is_visible(context, subject) for subject in event.subjects))
    subjects = [subject for subject, seen in zip(event.subjects, visible, strict=True) if seen]
    if len(subjects) == len(event.subjects):
        return Shown(event.action, event.subjects, event.fields)
    named = {subject.partition(":")[0] for subject in subjects}
    hidden = {subject.partition(":")[0] for subject in event.subjects} - named
    if "RecordVersion" in hidden:
        hidden.add("Record")  # as which a version is shown
    fields = [field for field in event.fields if field.partition(".")[0] not in hidden]
    return Shown(event.action.partition(".")[0], subjects, fields)


async def _is_visible(context: "RequestContext", subject: str) -> bool:
    type_name, _, document_id = subject.partition(":")
    document = _CLINICAL.get(type_name)
    return document is None or await context.loaders.visible(document).load(document_id)
