"""What all entries of the record have in common."""

from datetime import datetime
from typing import Any

from models.record import RecordStatus
from ohms_graphql.fhir.datatypes import starts_at
from ohms_graphql.fhir.element import Element
from ohms_graphql.fhir.plan import Frame
from ohms_graphql.fhir.security_labels import confidentiality

# FHIR asks for a history of statuses of its own; what no provider has vouched for is never FINAL.
VERIFICATION = {
    "unconfirmed": RecordStatus.PRELIMINARY,
    "provisional": RecordStatus.PRELIMINARY,
    "differential": RecordStatus.PRELIMINARY,
    "confirmed": RecordStatus.FINAL,
    "refuted": RecordStatus.CANCELLED,
    "entered-in-error": RecordStatus.ENTERED_IN_ERROR,
}


def record_fields(resource: Element, frame: Frame, *, authors: list[Element | None], subject: str = "subject") -> dict[str, Any]:
    """Identity, patient, author, visit and confidentiality."""
    fields = frame.identity
    fields["patient_id"] = frame.links.required(resource, subject, "Patient")
    fields["author_id"] = frame.links.first(authors, "Practitioner", "author_id")
    fields["appointment_id"] = frame.links.first(_visits(resource), "Encounter", "appointment_id")
    fields["confidentiality"] = confidentiality(resource)
    return fields


def _visits(resource: Element) -> list[Element | None]:
    """``encounter``; documents have it in ``context``, medication administrations as ``context``."""
    found: list[Element | None] = []
    context = resource.raw("context")
    inner = context.get("encounter") if isinstance(context, dict) else None
    for name, value in (("encounter", resource.raw("encounter")), ("context", context), ("context.encounter", inner)):
        holders = value if isinstance(value, list) else [value]
        found.extend(Element(holder, resource.at(name)) for holder in holders if isinstance(holder, dict))
    return found


def times(resource: Element, effective: tuple[str, ...], recorded: tuple[str, ...]) -> dict[str, datetime | None]:
    """When it was so and when it was written down; one stands in for the other.

    Without either the moment of the first import is when OHMS wrote it down, and stays so.
    """
    written = starts_at(resource, *recorded)
    was_so = starts_at(resource, *effective)
    fields: dict[str, datetime | None] = {"effective_at": was_so or written}
    if written or was_so:
        fields["recorded_at"] = written or was_so
    return fields


def references(resource: Element, *paths: str) -> list[Element | None]:
    """References at paths such as ``recorder``, ``performer`` (one or a list) or ``performer.actor``."""
    found: list[Element | None] = []
    for path in paths:
        name, _, inner = path.partition(".")
        if isinstance(resource.raw(name), list):
            holders = resource.elements(name)
        else:
            holder = resource.element(name)
            holders = [holder] if holder else []
        found.extend(holder.element(inner) if inner else holder for holder in holders)
    return found
