"""Of which type the resources are that a bundle's references name by ``urn:uuid:`` alone."""

from collections.abc import Iterable

from ohms_graphql.fhir.directory import Directory
from ohms_graphql.fhir.index import Index
from ohms_graphql.fhir.keys import Key
from ohms_graphql.fhir.resource_types import RESOURCE_TYPES

_CACHED = 500_000
_USUAL = (
    *("Patient", "Encounter", "Observation", "Condition", "Practitioner", "Organization", "Claim", "MedicationRequest"),
    *("Procedure", "DiagnosticReport", "CareTeam", "CarePlan", "Location", "Medication", "Device", "ImagingStudy"),
    *("DocumentReference", "Immunization", "Coverage", "Goal"),
)
"""Looked for first."""


class Urns:
    def __init__(self, source: str) -> None:
        self._directory = Directory(Index(), source)
        self._types: dict[str, str | None] = {}

    def add(self, key: Key) -> None:
        self._types[key.id] = key.type

    async def learn(self, ids: Iterable[str]) -> None:
        """Looks for them in the database, in a handful of commands for any number."""
        if len(self._types) > _CACHED:
            self._types.clear()
        unknown = {each for each in ids if each not in self._types}
        for types in (_USUAL, sorted(RESOURCE_TYPES - set(_USUAL))):
            if not unknown:
                return
            keys = {Key(resource_type, each) for each in unknown for resource_type in types}
            for found in await self._directory.which_exist(keys):
                self._types[found.id] = found.type
                unknown.discard(found.id)
        for each in unknown:
            self._types[each] = None

    def type_of(self, resource_id: str) -> str | None:
        return self._types.get(resource_id)
