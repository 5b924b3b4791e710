"""The schema as a promise: described to the last argument, written down, and true to the contract."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import strawberry
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLUnionType,
    build_schema,
)

from schema.authorization import core_schema

ROOT = Path(__file__).parents[2]
CONTRACT = ROOT.parent / "shared" / "CONTRACT.graphql"


def _described(type_: GraphQLNamedType) -> Iterator[tuple[str, Any]]:
    yield type_.name, type_
    if isinstance(type_, GraphQLEnumType):
        yield from ((f"{type_.name}.{name}", value) for name, value in type_.values.items())
    if isinstance(type_, GraphQLInputObjectType):
        yield from ((f"{type_.name}.{name}", field) for name, field in type_.fields.items())
    if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
        for name, field in type_.fields.items():
            yield f"{type_.name}.{name}", field
            yield from ((f"{type_.name}.{name}({key})", argument) for key, argument in field.args.items())


def test_everything_has_a_description(schema: strawberry.Schema) -> None:
    types = [type_ for name, type_ in core_schema(schema).type_map.items() if not name.startswith("__")]
    bare = [coordinate for type_ in types for coordinate, element in _described(type_) if not element.description]
    assert bare == []


def test_the_written_schema_is_up_to_date(schema: strawberry.Schema) -> None:
    assert (ROOT / "schema.graphql").read_text(encoding="utf-8") == schema.as_str() + "\n"


def test_the_written_schema_is_a_schema_and_shows_who_may(schema: strawberry.Schema) -> None:
    text = (ROOT / "schema.graphql").read_text(encoding="utf-8")
    assert build_schema(text).query_type is not None
    assert "directive @auth(requires: [Role!]!) on OBJECT | FIELD_DEFINITION" in text
    assert "directive @public on FIELD_DEFINITION" in text
    assert re.search(r"type Patient implements Node @auth\(requires: \[PATIENT, PROVIDER, STAFF, ANALYST\]\)", text)


def _contract() -> dict[str, list[tuple[str, str]]]:
    """Type names and their fields with types, read leniently: the contract is a page for people, not a schema."""
    text = re.sub(r"#.*|\"[^\"\n]*\"", "", CONTRACT.read_text(encoding="utf-8"))
    found: dict[str, list[tuple[str, str]]] = {}
    for kind, name, body in re.findall(r"\b(type|interface|enum)\s+(\w+)[^{]*\{(.*?)\}", text, re.DOTALL):
        if kind == "enum":
            found[name] = [(value, "") for value in body.split()]
        else:
            found[name] = re.findall(r"(\w+)(?:\([^)]*\))?\s*:\s*([\[\]!\w]+)", re.sub(r"\([^)]*\)", "", body))
    return found


@pytest.mark.skipif(not CONTRACT.is_file(), reason="the contract lies beside the repository, not in it")
def test_names_and_types_are_those_of_the_contract(schema: strawberry.Schema) -> None:
    types = core_schema(schema).type_map
    differences = []
    for name, members in _contract().items():
        ours = types.get(name)
        if ours is None or isinstance(ours, GraphQLUnionType):
            differences.append(name)
            continue
        for member, type_ in members:
            coordinate = f"{name}.{member}"
            declared = _members(ours).get(member)
            if declared is None:
                differences.append(coordinate)
            elif type_ and str(declared.type) != type_:
                differences.append(f"{coordinate}: {type_} became {declared.type}")
    assert differences == []


def _members(type_: Any) -> Any:
    return type_.values if isinstance(type_, GraphQLEnumType) else type_.fields
