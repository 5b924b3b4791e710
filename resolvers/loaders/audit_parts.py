"""Parts of audit entries by id."""

from models.audit_event import AuditEvent, part_of
from resolvers.access import Access
from resolvers.audit_parts import patients_shown
from resolvers.loaders.by_id import ById
from resolvers.policy import restrict
from resolvers.rows import WHOLE, read_many


class AuditPartById(ById[AuditEvent]):
    """``load(part id)``: what an entry says of one patient, or None when it does not exist or may not be seen."""

    def __init__(self, access: Access) -> None:
        super().__init__(AuditEvent, access)

    async def _read(self, keys: list[str]) -> list[AuditEvent]:
        visible = await restrict(AuditEvent, self._access, {"_id": {"$in": sorted(_entries(keys))}})
        found = await read_many(AuditEvent, self._access, visible, WHOLE)
        patients, wanted = await patients_shown(self._access), frozenset(keys)
        return [part for entry in found for part in entry.parts(patients) if part.id in wanted]


def _entries(keys: list[str]) -> set[str]:
    entries = set()
    for key in keys:
        try:
            entries.add(part_of(key)[0])
        except ValueError:
            continue  # nobody gave such an id
    return entries
