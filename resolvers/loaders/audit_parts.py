"""Parts of audit entries by id."""

from models.audit_event import AuditEvent, part_of
from resolvers.access import Access
from resolvers.audit_parts import parts_shown, patients_shown
from resolvers.loaders.by_id import ById
from resolvers.policy import restrict
from resolvers.rows import WHOLE, read_many


class AuditPartById(ById[AuditEvent]):
    """``load(part id)``: what an entry says of one patient, or None when it does not exist or may not be seen."""

    def __init__(self, access: Access) -> None:
        super().__init__(AuditEvent, access)

    async def batch_load_fn(self, keys: list[str]) -> list[AuditEvent | None]:
        access = self._access
        visible = await restrict(AuditEvent, access, {"_id": {"$in": sorted(_entries(keys))}})
        found = await read_many(AuditEvent, access, visible, WHOLE)
        wanted = frozenset(keys)
        parts = [part for part in parts_shown(found, await patients_shown(access)) if part.id in wanted]
        by_id = {part.id: part for part in access.shown(parts)}
        access.trail.asked_in_vain(AuditEvent, [key for key in keys if key not in by_id])
        return [by_id.get(key) for key in keys]


def _entries(keys: list[str]) -> set[str]:
    entries = set()
    for key in keys:
        try:
            entries.add(part_of(key)[0])
        except ValueError:
            continue  # nobody gave such an id
    return entries
