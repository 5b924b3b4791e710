"""What documents are called outside: imported ones as their source calls them, all others by their id."""

from collections.abc import Iterable
from typing import Any

from models.appointment import Appointment, AppointmentSource
from models.base import StoredDocument
from models.organization import Organization, OrganizationSource
from models.patient import Patient, PatientSource
from models.provider import Provider, ProviderSource
from models.record import Record
from models.record.base import RecordSource
from ohms_graphql.fhir.keys import Key

_CACHED = 200_000
_TARGETS: dict[type[StoredDocument], tuple[str, Any]] = {
    Patient: ("Patient", PatientSource),
    Provider: ("Practitioner", ProviderSource),
    Organization: ("Organization", OrganizationSource),
    Appointment: ("Encounter", AppointmentSource),
    Record: ("", RecordSource),
}
_LINKS: dict[str, type[StoredDocument]] = {
    "patient_id": Patient,
    "author_id": Provider,
    "provider_id": Provider,
    "signed_by_id": Provider,
    "organization_id": Organization,
    "appointment_id": Appointment,
}
TOOK_PLACE = frozenset({"CHECKED_IN", "ARRIVED", "FULFILLED"})
"""Visits in these statuses are Encounters, all others Appointments (FHIR R4, Appointment, boundaries)."""


def own_name(source: Any, home: str, resource_type: str, document_id: str) -> Key:
    """``source`` as the document has it. Of several sources only one keeps its ids: those of another could be the same."""
    if source is None:
        return Key(resource_type, document_id)
    named = source.key.partition("/")
    return Key(named[0], named[2] if source.system == home else document_id)


class Names:
    """Learned in a handful of commands for any number of documents."""

    def __init__(self, home: str) -> None:
        self.home = home
        self._known: dict[str, Key | None] = {}

    async def learn(self, documents: Iterable[Any]) -> None:
        if len(self._known) > _CACHED:
            self._known.clear()
        wanted: dict[type[StoredDocument], set[str]] = {target: set() for target in _TARGETS}
        for document in documents:
            for link, target in _LINKS.items():
                found = getattr(document, link, None)
                if found and found not in self._known:
                    wanted[target].add(found)
            for found in linked_providers(document):
                if found not in self._known:
                    wanted[Provider].add(found)
        for target, ids in wanted.items():
            await self._read(target, ids)

    async def _read(self, target: type[StoredDocument], ids: set[str]) -> None:
        if not ids:
            return
        resource_type, content = _TARGETS[target]
        rows = target.get_pymongo_collection().find({"_id": {"$in": sorted(ids)}}, {"source": 1, "status": 1})
        async for row in rows:
            source = row.get("source")
            if source is None:
                is_encounter = target is not Appointment or row["status"] in TOOK_PLACE
                self._known[row["_id"]] = Key(resource_type if is_encounter else "Appointment", row["_id"])
            else:
                key = content(sealed=source["content"]).plain["key"]
                named = key.partition("/")
                self._known[row["_id"]] = Key(named[0], named[2] if source["system"] == self.home else row["_id"])
        for missing in ids - self._known.keys():
            self._known[missing] = None

    def reference(self, document_id: str | None, *types: str) -> dict[str, str] | None:
        """None for what is not there, and for what is called something else than one of ``types``."""
        key = self._known.get(document_id or "")
        return {"reference": str(key)} if key is not None and key.type in types else None


def linked_providers(document: Any) -> list[str]:
    return [member.provider_id for member in getattr(document, "care_team", [])]
