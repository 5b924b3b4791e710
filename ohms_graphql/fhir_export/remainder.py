"""What FHIR has no place for, beside the resources: ``ohms.jsonl``, read again by ``ohms import-fhir --restore``.

A line is ``{"document": class, "id": ..., "fields": {...}}``: fields by their names, opened, as pydantic writes them in JSON.
``"whole": true`` where an import would make no such document of the resource.
"""

from typing import Any

from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python

import models
from models.base import StoredDocument
from models.record import RECORD_KINDS, RecordVersion
from models.secret import SecretJson
from ohms_graphql.fhir.storage import encoded
from resolvers.loaders.as_of import as_stored_record

Line = dict[str, Any]

KINDS: dict[str, type[StoredDocument]] = {kind.__name__: kind for kind in (*models.DOCUMENTS, *RECORD_KINDS)}
_NOT_TOLD = frozenset({"search_tokens", "match_tokens", "search_words", "sort_name", "source", "proxies", "sample_key"})
"""Made from other fields, or of no use without the accounts."""


def line_of(document: StoredDocument, names: list[str], *, whole: bool) -> Line | None:
    """None where there is nothing to tell."""
    told = [name for name in (type(document).model_fields if whole else names) if name not in _NOT_TOLD | {"id"}]
    if not told:
        return None
    fields = {name: _told(document, name) for name in told}
    line: Line = {"document": type(document).__name__, "id": document.id, "fields": fields}
    return {**line, "whole": True} if whole else line


def document_of(line: Line) -> StoredDocument:
    """A whole document. Raises KeyError for a class that OHMS does not have, pydantic's ValidationError for what does not fit."""
    kind, fields = KINDS[line["document"]], dict(line["fields"])
    if kind is RecordVersion:
        fields["document"] = encoded(document_of(fields["document"]))
    document: StoredDocument = kind.model_validate({**fields, "id": line["id"]})
    return document


def _told(document: StoredDocument, name: str) -> Any:
    value = getattr(document, name)
    if isinstance(document, RecordVersion) and name == "document":
        return line_of(as_stored_record(document), [], whole=True)
    if isinstance(value, SecretJson):
        return value.plain
    return to_jsonable_python(value)


def checked(kind: type[StoredDocument], fields: dict[str, Any]) -> dict[str, Any]:
    """The fields with the types of the document. Raises as ``document_of``."""
    return {
        name: TypeAdapter(kind.model_fields[name].rebuild_annotation()).validate_python(value) for name, value in fields.items()
    }
