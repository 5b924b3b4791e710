"""An entry on its way in: what it is, what it refers to, and its digest."""

from dataclasses import dataclass

from ohms_graphql.fhir.canonical import digest_of
from ohms_graphql.fhir.directory import Directory
from ohms_graphql.fhir.element import Element
from ohms_graphql.fhir.files import Entry
from ohms_graphql.fhir.keys import Key, key_of_entry, resource_of
from ohms_graphql.fhir.links import nowhere
from ohms_graphql.fhir.walk import references_in


@dataclass(frozen=True, slots=True)
class Arrival:
    """``references`` are path and text of each. ``file`` is the number of its file."""

    file: int
    entry: Entry
    key: Key
    resource: Element
    digest: str
    references: list[tuple[str, str]]

    @classmethod
    def of(cls, file: int, entry: Entry) -> "Arrival":
        """Raises Refusal when the entry cannot be kept as it is."""
        key = key_of_entry(entry)
        references = references_in(entry.content)
        return cls(file, entry, key, resource_of(entry), digest_of(entry.content), references)

    def broken_references(self, directory: Directory) -> list[str]:
        """One line for each reference that leads nowhere, also for those that no document keeps as a link."""
        contained = {f"#{element.text('id')}" for element in self.resource.elements("contained")} | {"#"}
        found = []
        for path, reference in self.references:
            where = path.removesuffix(".reference")
            if reference.startswith("#"):
                if reference not in contained:
                    found.append(f"{where}: refers to a contained resource that is not there")
                continue
            target = directory.find(reference)
            if target.standing is None:
                found.append(f"{where}: {nowhere(target)}")
        return found
