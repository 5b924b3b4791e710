"""What an import holds, known before anything is written: which resources come, and who refers to whom across files.

It keeps names, not resources: about a third of a kilobyte for each.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from models.confidentiality import Confidentiality
from ohms_graphql.fhir.element import Element, Refusal
from ohms_graphql.fhir.files import BrokenFile, Entry, SourceFile
from ohms_graphql.fhir.keys import Key, key_in, key_of_entry, resource_of, type_said
from ohms_graphql.fhir.kinds import tier_of
from ohms_graphql.fhir.report import UNKNOWN_TYPE, ImportReport
from ohms_graphql.fhir.security_labels import confidentiality

_FOUND_BY_IDENTIFIER = {"Organization", "Patient", "Practitioner", "Location"}


class Standing(Enum):
    """How far a resource of this import has come."""

    PENDING = "pending"
    READY = "ready"
    REFUSED = "refused"


@dataclass(slots=True)
class Index:
    """``urls`` holds keys by the addresses of their entries; ``identifiers`` by ``Type?identifier=system|value``.

    ``confidential`` are the encounters with labels that raise their level. ``apart`` are ids of resources that are not for this
    import.
    """

    apart: frozenset[str] = frozenset()
    standing: dict[Key, Standing] = field(default_factory=dict)
    repeated: set[Key] = field(default_factory=set)
    urls: dict[str, Key] = field(default_factory=dict)
    identifiers: dict[str, Key] = field(default_factory=dict)
    report_of: dict[Key, tuple[Key, int]] = field(default_factory=dict)
    practitioner_in_role: dict[Key, str] = field(default_factory=dict)
    seen_by: dict[tuple[Key, Key], set[Key]] = field(default_factory=lambda: defaultdict(set))
    answered: set[Key] = field(default_factory=set)
    confidential: dict[Key, Confidentiality] = field(default_factory=dict)
    left_out: set[tuple[int, int]] = field(default_factory=set)
    broken_files: set[int] = field(default_factory=set)
    tiers: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    _results: list[tuple[str, Key, int]] = field(default_factory=list)
    _visits: set[tuple[str, str, str]] = field(default_factory=set)
    _answers: set[str] = field(default_factory=set)

    def key_of(self, reference: str) -> Key | None:
        """The key that a reference names; None for ``urn:`` references to what is not in this import, and for nonsense."""
        return self.urls.get(reference) or self.identifiers.get(reference) or key_in(reference)

    def scan(self, number: int, file: SourceFile, entries: Iterator[Entry], report: ImportReport) -> int:
        """Takes a file in; gives the number of its resources. What is broken in it is reported here, once."""
        here: dict[Key, str] = {}
        taken = 0
        try:
            for entry in entries:
                resource_type = type_said(entry.content) or UNKNOWN_TYPE
                if self.apart and isinstance(entry.content, dict) and entry.content.get("id") in self.apart:
                    self.left_out.add((number, entry.ordinal))
                    continue
                report.of(resource_type).read += 1
                try:
                    self._take(entry, here)
                except Refusal as refusal:
                    self.left_out.add((number, entry.ordinal))
                    report.refuse(entry.place, resource_type, str(refusal).removeprefix(": "))
                else:
                    self.tiers[number].add(tier_of(resource_type))
                    taken += 1
        except BrokenFile as error:
            self.broken_files.add(number)
            report.refuse_file(file.label, str(error))
        else:
            report.files_read += 1
        return taken

    def _take(self, entry: Entry, here: dict[Key, str]) -> None:
        key = key_of_entry(entry)
        if key in here:
            raise Refusal("id", f"the same as in {here[key]}")
        here[key] = entry.place.spot
        if key in self.standing:
            self.repeated.add(key)
        self.standing[key] = Standing.PENDING
        if entry.full_url is None:  # an entry of a bundle taken apart: its references have stayed
            self.urls.setdefault(f"urn:uuid:{key.id}", key)
        elif key_in(entry.full_url) != key:
            self.urls[entry.full_url] = key
        self._note_relations(key, resource_of(entry))

    def _note_relations(self, key: Key, resource: Element) -> None:
        """What other resources need to know of this one. What is wrong in it is told when its turn comes."""
        try:
            if key.type in _FOUND_BY_IDENTIFIER:
                for identifier in resource.elements("identifier"):
                    system, value = identifier.text("system") or "", identifier.text("value")
                    self.identifiers.setdefault(f"{key.type}?identifier={system}|{value}", key)
            elif key.type == "DiagnosticReport":
                for position, result in enumerate(resource.elements("result")):
                    self._results.append((result.text("reference") or "", key, position))
            elif key.type == "ExplanationOfBenefit":
                self._answers.add(reference_in(resource, "claim") or "")
            elif key.type == "PractitionerRole":
                self.practitioner_in_role[key] = reference_in(resource, "practitioner") or ""
            elif key.type == "Encounter":
                self._note_encounter(key, resource)
        except Refusal:
            return

    def _note_encounter(self, key: Key, resource: Element) -> None:
        level = confidentiality(resource)
        if level is not Confidentiality.NORMAL:
            self.confidential[key] = level
        patient, place = reference_in(resource, "subject"), reference_in(resource, "serviceProvider")
        for participant in resource.elements("participant"):
            practitioner = reference_in(participant, "individual")
            if patient and place and practitioner:
                self._visits.add((patient, place, practitioner))

    def relate(self) -> None:
        """After the last scan: turns the references noted into keys. Until then an address may be that of a file to come."""
        for reference, report, position in self._results:
            key = self.key_of(reference)
            if key is not None:
                self.report_of.setdefault(key, (report, position))
        for visit in self._visits:
            patient, place, practitioner = map(self.key_of, visit)
            if patient and place and practitioner:
                self.seen_by[patient, place].add(practitioner)
        self.answered = {key for reference in self._answers if (key := self.key_of(reference)) is not None}
        self._results.clear()
        self._visits.clear()
        self._answers.clear()


def reference_in(holder: Element, name: str) -> str | None:
    element = holder.element(name)
    return element.text("reference") if element else None
