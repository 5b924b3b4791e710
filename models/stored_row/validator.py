"""What turns stored values into the fields of rows, for one class and some of its fields.

All rows of a list are validated in one call: calling the validator once for each takes half as long as what it does.
"""

from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from models.base import StoredDocument
from models.stored_row.schema import Schema, lighter, validator

Stored = dict[str, Any]
Read = Callable[[list[Stored]], list[Any]]


class UnreadableRow(Exception):
    """What is stored does not fit its class. Names the places in the first row that does not, never the values."""

    def __init__(self, document: str, error: ValidationError) -> None:
        problems = [problem["loc"] for problem in error.errors(include_url=False, include_input=False)]
        row = problems[0][:1]
        places = sorted({".".join(map(str, place[1:])) for place in problems if place[:1] == row})
        super().__init__(f"A stored {document} cannot be read at {', '.join(places)}.")


def whole_reader(document: type[StoredDocument]) -> Read:
    """Gives documents."""
    return _lists_reader(document, _built_inline(lighter(document.__pydantic_core_schema__)))


def parts_reader(document: type[StoredDocument], names: frozenset[str]) -> Read:
    """Gives dictionaries of the fields named, defaults in place of what is not stored. What else is stored is left out."""
    schema: Schema = lighter(document.__pydantic_core_schema__)
    parts: Schema = {
        "type": "typed-dict",
        "fields": {name: _part(field) for name, field in _fields(document, schema).items() if name in names},
        "extra_behavior": "ignore",
    }
    return _lists_reader(document, schema | {"schema": parts} if schema["type"] == "definitions" else parts)


def _part(field: Schema) -> Schema:
    part = {"type": "typed-dict-field", "schema": field["schema"], "required": field["schema"]["type"] != "default"}
    return part | ({"validation_alias": field["validation_alias"]} if "validation_alias" in field else {})


def _fields(document: type[StoredDocument], schema: Schema) -> dict[str, Schema]:
    """Raises TypeError for a document with validators of its own: a part of it would pass them by."""
    level = schema["schema"] if schema["type"] == "definitions" else schema
    if level["type"] != "model" or level["schema"]["type"] != "model-fields":
        raise TypeError(f"{document.__name__} has a validator of the whole model, so it cannot be read in part")
    fields: dict[str, Schema] = level["schema"]["fields"]
    return fields


def _built_inline(schema: Schema) -> Schema:
    """Without going through the class's constructor, whose validator is the slow one."""
    if schema["type"] == "definitions":
        return schema | {"schema": _built_inline(schema["schema"])}
    return schema | {"custom_init": False}


def _lists_reader(document: type[StoredDocument], row: Schema) -> Read:
    """``row`` is the schema of one row."""
    if row["type"] == "definitions":
        rows: Schema = row | {"schema": {"type": "list", "items_schema": row["schema"]}}
    else:
        rows = {"type": "list", "items_schema": row}
    name, read = document.__name__, validator(rows).validate_python

    def read_or_name(stored: list[Stored]) -> list[Any]:
        try:
            made: list[Any] = read(stored)
        except ValidationError as error:
            raise UnreadableRow(name, error) from None
        return made

    return read_or_name
