"""pydantic's own schemas of our types, made lighter for what we stored ourselves.

They say the same and validate as strictly; only what is slow about them is done otherwise. A default that is an empty list is
made, not copied from the model's; decimals are read by ``decimals``; a secret value goes from its plain bytes to the object in
one step; Beanie's look for links is left out, for there are none. What is not known here stays as pydantic made it, so that a
new version of it costs time and no answers.
"""

from collections.abc import Callable
from typing import Any

from beanie import Document
from pydantic_core import SchemaValidator

from models.secret import SecretDate, SecretText, SecretValue, key_ring
from models.stored_row.decimals import read_decimal

Schema = dict[str, Any]
"""A pydantic_core schema. Its own types do not say which keys a kind has."""

_NOT_SCHEMAS = frozenset({"serialization", "metadata", "cls", "config"})


def validator(schema: Schema) -> SchemaValidator:
    # Prebuilt validators are those that the models have by themselves, which are the slow ones.
    return SchemaValidator(schema, _use_prebuilt=False)


def lighter(schema: Any) -> Any:
    """The same schema, lighter at every depth."""
    if isinstance(schema, list | tuple):
        return type(schema)(lighter(part) for part in schema)
    if not isinstance(schema, dict):
        return schema
    return _lighter_here(schema, {key: part if key in _NOT_SCHEMAS else lighter(part) for key, part in schema.items()})


def _lighter_here(schema: Schema, inner: Schema) -> Schema:
    """``inner`` is the schema with lighter parts."""
    match schema:
        case {"type": "default", "default": []}:
            return {key: part for key, part in inner.items() if key != "default"} | {"default_factory": list}
        case {"type": "function-before", "schema": {"type": "decimal"}}:
            return _in_place_of(inner, _read_decimal(validator(inner).validate_python))
        case {"type": "model", "cls": cls, "schema": {"type": "function-before"}} if issubclass(cls, SecretValue):
            plain = inner | {"schema": inner["schema"]["schema"]}
            return _in_place_of(inner, _read_secret(cls, validator(plain), validator(inner)))
        case {"type": "function-plain", "function": {"function": read}} if (cls := _secret_read_by(read)) is not None:
            made = _read_secret_text(cls) if issubclass(cls, SecretText) else _read_secret_date(cls)
            return inner | {"function": {"type": "no-info", "function": made}}
        case {"type": "function-before", "function": {"function": before}} if _is_look_for_links(before):
            found: Schema = inner["schema"]
            return found
        case _:
            return inner


def _secret_read_by(function: Any) -> type[SecretText] | type[SecretDate] | None:
    """The secret type that a function is the way in of, for pydantic."""
    kind = getattr(function, "__self__", None)
    if not isinstance(kind, type) or not issubclass(kind, SecretText | SecretDate):
        return None
    return kind if function == kind._read else None  # noqa: SLF001 -- pydantic's way in


def _read_secret_text(cls: type[SecretText]) -> Callable[[Any], Any]:
    place, is_searchable, otherwise = cls.place, cls.searchable, cls._read

    def read(value: Any) -> Any:
        if type(value) is not bytes:
            return otherwise(value)
        ring = key_ring()
        return cls(ring.open_alike(value, place) if is_searchable else ring.open(value, place), "utf-8")

    return read


def _read_secret_date(cls: type[SecretDate]) -> Callable[[Any], Any]:
    place, is_searchable, otherwise, of_text = cls.place, cls.searchable, cls._read, cls.fromisoformat

    def read(value: Any) -> Any:
        if type(value) is not bytes:
            return otherwise(value)
        ring = key_ring()
        return of_text((ring.open_alike(value, place) if is_searchable else ring.open(value, place)).decode())

    return read


def _is_look_for_links(function: Any) -> bool:
    return getattr(function, "__func__", None) is getattr(Document.fill_back_refs, "__func__", None)


def _in_place_of(schema: Schema, function: Callable[[Any], Any]) -> Schema:
    plain: Schema = {"type": "function-plain", "function": {"type": "no-info", "function": function}}
    return plain | ({"ref": schema["ref"]} if "ref" in schema else {})


def _read_decimal(otherwise: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        found = read_decimal(value)
        return otherwise(value) if found is value else found

    return read


def _read_secret(cls: type[SecretValue], parts: SchemaValidator, otherwise: SchemaValidator) -> Callable[[Any], Any]:
    place, from_json = cls.place, parts.validate_json

    def read(value: Any) -> Any:
        if type(value) is bytes:
            return from_json(key_ring().open(value, place))
        return otherwise.validate_python(value)

    return read
