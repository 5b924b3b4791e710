"""Where secret values stand in each collection, and the rule by which the database refuses anything else there."""

from collections.abc import Iterator
from dataclasses import dataclass
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel

from models.base import StoredDocument
from models.patient import Patient
from models.patient_merge import PatientMerge
from models.record import RECORD_KINDS, Record, RecordVersion
from models.secret import SECRET_TYPES

JsonSchema = dict[str, Any]

_LIST = "[]"
_CIPHERTEXT: JsonSchema = {"bsonType": ["binData", "null"]}


@dataclass(frozen=True, slots=True)
class SecretField:
    """``path`` leads through the stored document; "[]" stands for every element of a list."""

    path: tuple[str, ...]
    kind: Any

    def under(self, *prefix: str) -> "SecretField":
        return SecretField((*prefix, *self.path), self.kind)


def secret_fields(document: type[StoredDocument]) -> list[SecretField]:
    """Of a collection's root class: those of all its kinds, by path."""
    if document is RecordVersion:
        # A version keeps the record as it was stored.
        return [*_in_model(document, ()), *(field.under("document") for field in secret_fields(Record))]
    if document is PatientMerge:
        return [*_in_model(document, ()), *(field.under("merged") for field in secret_fields(Patient))]
    kinds: tuple[type[StoredDocument], ...] = (Record, *RECORD_KINDS) if document is Record else (document,)
    found = {field.path: field for kind in kinds for field in _in_model(kind, ())}
    return [found[path] for path in sorted(found)]


def collection_rule(document: type[StoredDocument]) -> JsonSchema | None:
    """A $jsonSchema that lets nothing but ciphertext into the secret fields; None where there are none."""
    fields = secret_fields(document)
    rule: JsonSchema = {}
    for field in fields:
        _demand(rule, field.path)
    return rule or None


def _demand(rule: JsonSchema, path: tuple[str, ...]) -> None:
    step, rest = path[0], path[1:]
    inner: JsonSchema = rule.setdefault("items", {}) if step == _LIST else rule.setdefault("properties", {}).setdefault(step, {})
    if rest:
        _demand(inner, rest)
    else:
        inner.update(_CIPHERTEXT)


def _in_model(model: type[BaseModel], path: tuple[str, ...]) -> Iterator[SecretField]:
    for name, field in model.model_fields.items():
        yield from _in_type(field.annotation, (*path, field.alias or name))


def _in_type(annotation: Any, path: tuple[str, ...]) -> Iterator[SecretField]:
    if isinstance(annotation, type) and issubclass(annotation, SECRET_TYPES):
        yield SecretField(path, annotation)
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield from _in_model(annotation, path)
    elif get_origin(annotation) is list:
        yield from _in_type(get_args(annotation)[0], (*path, _LIST))
    elif get_origin(annotation) in (Union, UnionType):
        for member in get_args(annotation):
            yield from _in_type(member, path)
