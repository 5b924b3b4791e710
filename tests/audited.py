"""The audit trail as its readers get it: patient by patient."""

from typing import Any

from models.audit_event import AuditEvent


async def audited(within: dict[str, Any] | None = None, *, patient_id: str | None = None) -> list[AuditEvent]:
    """The parts of all entries that a filter finds, in the order in which they were stored; of one patient only, if given."""
    events = await AuditEvent.find(within or {}).sort("_id").to_list()
    parts = [part for event in events for part in event.parts()]
    return [part for part in parts if patient_id is None or part.patient_id == patient_id]
