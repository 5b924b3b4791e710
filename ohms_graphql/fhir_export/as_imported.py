"""What an import would make of a resource: the measure of what a resource says of its document, and what it does not.

References are taken to lead where the document's own links lead: whether they do is for the import to find out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from pydantic import ValidationError

from models.base import StoredDocument
from models.source import new_source
from models.values import CodeableConcept
from ohms_graphql.fhir.directory import Target
from ohms_graphql.fhir.element import Element, Refusal
from ohms_graphql.fhir.index import Index, Standing
from ohms_graphql.fhir.keys import Key, key_in
from ohms_graphql.fhir.links import Links
from ohms_graphql.fhir.mapping import map_resource
from ohms_graphql.fhir.plan import Frame, Options
from ohms_graphql.fhir_export.values import Resource


def as_imported(document: StoredDocument, key: Key, resource: Resource) -> StoredDocument | None:
    """The document that the resource would become; None where it would be refused."""
    source = new_source("as imported", str(key), "", {})
    options = Options(source="as imported", time_zone="")  # the zone is the import's, not the resource's
    frame = Frame(key, source, cast("Links", _LinksOf(document, len(resource.get("reasonCode", [])))), options)
    try:
        return map_resource(Element(resource), frame).document
    except (Refusal, ValidationError):
        return None


class _Directory:
    """Everything is there."""

    def __init__(self) -> None:
        self.index = Index()
        self.nothing_more_comes = True

    def find(self, reference: str) -> Target:
        return Target(key_in(reference), Standing.READY)


@dataclass
class _LinksOf:
    """``Links`` that lead where the document's do."""

    document: Any
    coded_reasons: int
    """Reasons that the resource has in codes: those it refers to come after them."""

    def __post_init__(self) -> None:
        self.directory = _Directory()
        self.missing: list[str] = []
        self.broken: list[str] = []
        self._reasons: Iterator[CodeableConcept] = iter(getattr(self.document, "reasons", [])[self.coded_reasons :])

    def required(self, resource: Element, name: str, resource_type: str) -> str:
        del resource_type
        if resource.element(name) is None:
            raise Refusal(resource.at(name), "required")
        return str(self.document.patient_id)

    def optional(self, holder: Element | None, resource_type: str, fills: str) -> str | None:
        del resource_type
        return None if holder is None else cast("str | None", getattr(self.document, fills, None))

    def first(self, holders: list[Element | None], resource_type: str, fills: str) -> str | None:
        there = [holder for holder in holders if holder is not None and holder.text("reference")]
        if not there and fills != "provider_id":  # a visit's provider may have been inferred
            return None
        return self.optional(there[0] if there else Element({}), resource_type, fills)

    def known(self, key: Key, resource_type: str) -> str | None:
        del key, resource_type
        return cast("str | None", getattr(self.document, "provider_id", None))

    def concept(self, holder: Element) -> CodeableConcept | None:
        """What the target is called is what the document kept of it."""
        if holder.path.startswith("reasonReference"):
            return next(self._reasons, None)
        if hasattr(self.document, "payer"):
            return CodeableConcept(text=self.document.payer)
        return cast("CodeableConcept | None", getattr(self.document, "code", None))
