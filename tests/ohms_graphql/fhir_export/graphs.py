"""The whole graph of a database as plain values, to compare one with another."""

from typing import Any

import models
from models.base import StoredDocument
from models.record import Record, RecordVersion
from ohms_graphql.fhir_export.remainder import line_of

LEFT_OUT = frozenset(
    {
        "Account",
        "AllergyList",
        "AuditChain",
        "AuditEvent",
        "AuditBlock",
        "BusyDay",
        "CoverageBook",
        "EducationResource",
        "IdempotencyRecord",
    }
    | {"ScheduleFeed", "StoredKeyRing", "KnownDevice", "Reminder", "SigningKey", "OAuthClient", "Throttle", "VisitCount"}
    | {"VisitEntry", "VisitSignal"}
)
"""docs/fhir.md: accounts, the trail and what processes keep among themselves are no part of an export."""

Graph = dict[tuple[str, str], dict[str, Any]]
"""Fields by kind and id of the document."""

_OF_THE_ROW = ("revision", "created_at", "updated_at", "busy_start", "busy_end")


def told(document: StoredDocument) -> dict[str, Any]:
    line = line_of(document, [], whole=True)
    assert line is not None
    fields = {name: value for name, value in line["fields"].items() if name not in _OF_THE_ROW}
    if isinstance(document, RecordVersion):
        fields["document"] = {**fields["document"], "fields": without(fields["document"]["fields"])}
    return fields


def without(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name not in _OF_THE_ROW}


async def graph() -> Graph:
    found: Graph = {}
    for kind in models.DOCUMENTS:
        if kind.__name__ in LEFT_OUT or (kind is not Record and issubclass(kind, Record)):
            continue
        for document in await kind.find({}, with_children=kind is Record).to_list():
            found[type(document).__name__, document.id] = told(document)
    return found


def differences(before: Graph, after: Graph) -> list[tuple[Any, ...]]:
    """By document and field; a document that is on one side only stands with "gone" or "new"."""
    found: list[tuple[Any, ...]] = [(*key, "gone") for key in before.keys() - after.keys()]
    found += [(*key, "new") for key in after.keys() - before.keys()]
    for key in before.keys() & after.keys():
        found += [
            (*key, name, value, after[key].get(name)) for name, value in before[key].items() if value != after[key].get(name)
        ]
    return sorted(found, key=str)
