"""What a reference leads to: a resource of this import, a document in the database, or nothing."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from models.appointment import Appointment
from models.base import StoredDocument
from models.imported_resource import ImportedContent, ImportedResource
from models.invoice import Invoice
from models.organization import Organization
from models.patient_merge import PatientMerge
from models.record import Record
from models.values import CodeableConcept
from ohms_graphql.fhir.datatypes import concept
from ohms_graphql.fhir.element import Element
from ohms_graphql.fhir.index import Index, Standing
from ohms_graphql.fhir.keys import Key, id_in_urn
from ohms_graphql.fhir.kinds import homes_of
from ohms_graphql.fhir.resource_types import RESOURCE_TYPES
from ohms_graphql.fhir.storage import exact

_CACHED = 100_000


@dataclass(frozen=True, slots=True)
class Target:
    """``key`` is None when even the type of the resource is unknown. ``standing`` is None for what is nowhere."""

    key: Key | None
    standing: Standing | None


_NOWHERE = Target(None, None)


class Directory:
    """Answers from memory; ``learn`` asks the database, in a handful of commands for any number of references."""

    def __init__(self, index: Index, source: str) -> None:
        self.index = index
        self._source = source
        self._stored: dict[str, Key | None] = {}
        self._concepts: dict[Key, CodeableConcept] = {}
        self.not_appointments: set[Key] = set()
        self.nothing_more_comes = False
        self.merged: dict[str, str] = {}

    async def learn_merges(self) -> None:
        """Patients who were merged into others: what a source says of them is said of those from now on."""
        standing = {"undo": None, "merged_id": {"$gt": ""}}
        async for merge in PatientMerge.get_pymongo_collection().find(standing, {"merged_id": 1, "patient_id": 1}):
            self.merged[merge["merged_id"]] = merge["patient_id"]

    def document_id(self, key: Key) -> str:
        """Where what refers to the resource leads to."""
        document_id = key.document_id(self._source)
        return self.merged.get(document_id, document_id)

    def find(self, reference: str) -> Target:
        """References that are neither of this import nor learned lead nowhere."""
        key = self.index.key_of(reference)
        standing = self.index.standing.get(key) if key else None
        if standing is not None and not (standing is Standing.PENDING and self.nothing_more_comes):
            return Target(key, standing)
        stored = self._stored.get(reference)
        if stored is not None:
            return Target(stored, Standing.READY)
        return Target(key, None) if key else _NOWHERE

    async def learn(self, references: Iterable[str]) -> None:
        """Looks up in the database those that are not of this import."""
        if len(self._stored) > _CACHED:
            self._stored.clear()
        unknown = {reference for reference in references if reference not in self._stored and self._is_elsewhere(reference)}
        if not unknown:
            return
        wanted = {reference: self._candidates(reference) for reference in unknown}
        there = await self.which_exist({key for keys in wanted.values() for key in keys})
        for reference, keys in wanted.items():
            self._stored[reference] = next((key for key in keys if key in there), None)

    def _is_elsewhere(self, reference: str) -> bool:
        key = self.index.key_of(reference)
        return not reference.startswith("#") and (key is None or key not in self.index.standing)

    def _candidates(self, reference: str) -> list[Key]:
        key = self.index.key_of(reference)
        if key is not None:
            return [key]
        resource_id = id_in_urn(reference)
        # The type is not said: the resource may be any.
        return [Key(resource_type, resource_id) for resource_type in sorted(RESOURCE_TYPES)] if resource_id else []

    async def which_exist(self, keys: set[Key]) -> set[Key]:
        """Those of the resources that the database has a document of."""
        by_home: dict[type[StoredDocument], dict[str, Key]] = defaultdict(dict)
        for key in keys:
            for home in homes_of(key.type):
                by_home[home][key.document_id(self._source)] = key
        there: set[Key] = set()
        appointments: set[Key] = set()
        for home, by_id in by_home.items():
            async for found in exact(home).find({"_id": {"$in": list(by_id)}}, {"_id": 1}):
                key = by_id[found["_id"]]
                there.add(key)
                if home is Appointment:
                    appointments.add(key)
        self.not_appointments |= {key for key in there if key.type == "Encounter"} - appointments
        there |= {key for key in keys - there if key.document_id(self._source) in self.merged}
        return there | await self._explanations(keys - there)

    async def _explanations(self, keys: set[Key]) -> set[Key]:
        """Explanations of benefit live in the invoices of their claims."""
        names = {str(key): key for key in keys if key.type == "ExplanationOfBenefit"}
        if not names:
            return set()
        found = await exact(Invoice).distinct("imported_parts.key", {"imported_parts.key": {"$in": list(names)}})
        return {names[name] for name in found if name in names}

    async def learn_concepts(self, references: Iterable[str]) -> None:
        """Reads what the referenced resources are called; they must have been written."""
        targets = {target.key for reference in references if (target := self.find(reference)).standing is Standing.READY}
        wanted = {key.document_id(self._source): key for key in targets if key and key not in self._concepts}
        if len(self._concepts) > _CACHED:
            self._concepts.clear()
        if not wanted:
            return
        within = {"_id": {"$in": list(wanted)}}
        async for found in exact(Record).find(within, {"code": 1}):
            self._concepts[wanted[found["_id"]]] = CodeableConcept.model_validate(found["code"])
        async for found in exact(ImportedResource).find(within, {"source.content": 1}):
            resource = ImportedContent(sealed=found["source"]["content"]).plain["resource"]
            code = concept(Element(resource).element("code"))
            if code is not None:
                self._concepts[wanted[found["_id"]]] = code
        async for found in exact(Organization).find(within, {"name": 1}):
            self._concepts[wanted[found["_id"]]] = CodeableConcept(text=found["name"])

    def concept(self, reference: str) -> CodeableConcept | None:
        key = self.find(reference).key
        return self._concepts.get(key) if key else None
