"""From the references of one resource to the ids that its document keeps."""

from dataclasses import dataclass, field

from models.values import CodeableConcept
from ohms_graphql.fhir.directory import Directory, Target
from ohms_graphql.fhir.element import Element, Refusal
from ohms_graphql.fhir.index import Standing
from ohms_graphql.fhir.keys import Key


class PutOff(Exception):
    """The resource has to wait: one that it links to comes later in this import."""


def nowhere(target: Target) -> str:
    """Why a reference is broken. The id in it is not repeated: it may be a medical record number."""
    what = f"{target.key.type}" if target.key else "resource"
    article = "an" if what[0] in "AEIOU" else "a"
    if target.standing is Standing.REFUSED:
        return f"refers to {article} {what} that was refused"
    return f"refers to {article} {what} that is in neither this import nor the database"


@dataclass(slots=True)
class Links:
    """``missing`` names the fields left empty because their reference is broken; ``broken`` says so for people."""

    directory: Directory
    source: str
    missing: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def required(self, resource: Element, name: str, resource_type: str) -> str:
        """The id of the document referred to. Raises Refusal when there is none, PutOff when it is still to come."""
        holder = resource.element(name)
        if holder is None:
            raise Refusal(resource.at(name), "required")
        target = self._target(holder)
        if target is None:
            raise Refusal(holder.path, f"a reference to {resource_type} expected")
        if target.key and target.key.type != resource_type:
            raise Refusal(holder.path, f"a reference to {resource_type} expected")
        if target.standing is not Standing.READY or target.key is None:
            raise Refusal(holder.path, nowhere(target))
        return self.directory.document_id(target.key)

    def optional(self, holder: Element | None, resource_type: str, fills: str) -> str | None:
        """The same or None. A reference to another type of resource fills nothing; a broken one is noted for field ``fills``."""
        target = self._target(holder) if holder else None
        if holder is None or target is None:
            return None
        if target.standing is not Standing.READY:
            if target.key is None or target.key.type in {resource_type, "PractitionerRole"}:
                self._note(holder, target, fills)
            return None
        key = target.key
        if key and key.type == "PractitionerRole" and resource_type == "Practitioner":
            role = self.directory.find(self.directory.index.practitioner_in_role.get(key, ""))
            key = role.key if role.standing is Standing.READY else None
        if key is None or key.type != resource_type or key in self.directory.not_appointments:
            return None
        return self.directory.document_id(key)

    def first(self, holders: list[Element | None], resource_type: str, fills: str) -> str | None:
        """The first of several references that leads to a resource of the type."""
        for holder in holders:
            found = self.optional(holder, resource_type, fills)
            if found is not None:
                self.missing = [name for name in self.missing if name != fills]
                return found
        return None

    def known(self, key: Key, resource_type: str) -> str | None:
        """The id of the document of a resource, once it is there."""
        if key.type != resource_type:
            return None
        standing = self.directory.find(str(key)).standing
        if standing is Standing.PENDING:
            raise PutOff
        return self.directory.document_id(key) if standing is Standing.READY else None

    def concept(self, holder: Element) -> CodeableConcept | None:
        """What the resource referred to is called."""
        self._target(holder)
        return self.directory.concept(holder.text("reference") or "")

    def _target(self, holder: Element) -> Target | None:
        """None for references that lead to no document of their own: by identifier or name only, and contained resources."""
        reference = holder.text("reference")
        if reference is None or reference.startswith("#"):
            return None
        target = self.directory.find(reference)
        if target.standing is Standing.PENDING:
            raise PutOff
        return target

    def _note(self, holder: Element, target: Target, fills: str) -> None:
        if fills not in self.missing:
            self.missing.append(fills)
        if target.standing is Standing.REFUSED:
            self.broken.append(f"{holder.path}: {nowhere(target)}")
