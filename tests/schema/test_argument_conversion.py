"""Resolvers get the arguments that Strawberry would give them."""

from collections.abc import Iterator
from enum import Enum
from typing import Annotated, Any, Optional

import pytest
import strawberry
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLList, GraphQLNonNull, GraphQLObjectType
from hypothesis import given, settings
from hypothesis import strategies as st
from strawberry.relay import GlobalID
from strawberry.schema.config import StrawberryConfig
from strawberry.types.arguments import StrawberryArgument, convert_arguments
from strawberry.types.field import StrawberryField

from schema import build_schema
from schema.argument_conversion import Conversions

_SCHEMA = build_schema()
_CORE = _SCHEMA._schema
_SCALARS = _SCHEMA.schema_converter.scalar_registry


def _values(type_: Any, depth: int = 0) -> st.SearchStrategy[Any]:
    """What graphql-core may make of such an argument: nulls, defaults left out, enums' values, any scalar."""
    if isinstance(type_, GraphQLNonNull):
        return _present(type_.of_type, depth)
    return st.none() | _present(type_, depth) if depth < 4 else st.none()


def _present(type_: Any, depth: int) -> st.SearchStrategy[Any]:
    if isinstance(type_, GraphQLList):
        return st.lists(_values(type_.of_type, depth + 1), max_size=3)
    if isinstance(type_, GraphQLEnumType):
        return st.sampled_from([value.value for value in type_.values.values()])
    if isinstance(type_, GraphQLInputObjectType):
        inner = {name: _values(each.type, depth + 1) for name, each in type_.fields.items()}
        needed = {name for name, each in type_.fields.items() if isinstance(each.type, GraphQLNonNull)}
        return st.fixed_dictionaries(
            {name: inner[name] for name in sorted(needed)},
            optional={name: inner[name] for name in sorted(inner.keys() - needed)},
        )
    return st.text(max_size=3) | st.integers() | st.booleans()


def _fields() -> Iterator[tuple[str, Any, list[StrawberryArgument]]]:
    for type_ in _CORE.type_map.values():
        if isinstance(type_, GraphQLObjectType):
            for name, field in type_.fields.items():
                definition = field.extensions.get("strawberry-definition")
                if field.args and isinstance(definition, StrawberryField):
                    yield f"{type_.name}.{name}", field, definition.arguments


_FIELDS = list(_fields())


def _outcome(call: Any) -> Any:
    try:
        return repr(call())
    except Exception as error:  # noqa: BLE001
        return type(error), str(error)


@settings(max_examples=30)
@given(st.data())
@pytest.mark.parametrize(("_name", "field", "arguments"), _FIELDS, ids=[name for name, _, _ in _FIELDS])
def test_every_field_of_ours_gets_the_same(_name: str, field: Any, arguments: list[StrawberryArgument], data: Any) -> None:
    convert = Conversions(_SCHEMA.config, _SCALARS).of_arguments(arguments)
    assert convert is not None
    names = data.draw(st.sets(st.sampled_from(sorted(field.args))))
    value = {name: data.draw(_values(field.args[name].type)) for name in sorted(names)}
    theirs = _outcome(lambda: convert_arguments(value, arguments, _SCALARS, _SCHEMA.config))
    assert _outcome(lambda: convert(value)) == theirs


class _Colour(Enum):
    RED = 1


@strawberry.input
class _Tree:
    leaves: list[int]
    children: list["_Tree"] | None = None
    colour: _Colour = _Colour.RED
    nothing: int | None = strawberry.UNSET
    inner: Optional["_Tree"] = None
    needed: str | None


@strawberry.input
class _Unfit:
    tree: Annotated["_Unfit", strawberry.lazy("tests.schema.test_argument_conversion")] | None = None
    key: GlobalID | None = None


@strawberry.input
class _Holder:
    unfit: _Unfit
    maybe: strawberry.Maybe[int]


@strawberry.type
class _Query:
    @strawberry.field
    def trees(self, tree: _Tree, more: list[list[_Tree | None]] | None = None) -> str:
        return repr((tree, more))

    @strawberry.field
    def unfit(self, holder: _Holder | None = None, key: GlobalID | None = None) -> str:
        return repr((holder, key))


def _arguments(name: str) -> tuple[Conversions, list[StrawberryArgument], Any]:
    schema = strawberry.Schema(_Query)
    query = schema._schema.query_type
    assert query is not None
    definition = query.fields[name].extensions["strawberry-definition"]
    scalars = schema.schema_converter.scalar_registry
    return Conversions(StrawberryConfig(), scalars), definition.arguments, scalars


_tree: st.SearchStrategy[dict[str, Any]] = st.deferred(
    lambda: st.fixed_dictionaries(
        {"leaves": st.lists(st.integers(), max_size=2)},
        optional={
            "children": st.none() | st.lists(_tree, max_size=2),
            "colour": st.just(_Colour.RED),
            "nothing": st.none() | st.integers(),
            "inner": st.none() | _tree,
            "needed": st.none() | st.text(max_size=2),
        },
    )
)


@given(st.fixed_dictionaries({"tree": _tree}, optional={"more": st.none() | st.lists(st.lists(st.none() | _tree, max_size=2))}))
def test_inputs_within_themselves_and_defaults(value: dict[str, Any]) -> None:
    conversions, arguments, scalars = _arguments("trees")
    convert = conversions.of_arguments(arguments)
    assert convert is not None
    assert convert(value) == convert_arguments(value, arguments, scalars, StrawberryConfig())


def test_lists_are_copied() -> None:
    conversions, arguments, _ = _arguments("trees")
    convert = conversions.of_arguments(arguments)
    assert convert is not None
    leaves = [1]
    assert convert({"tree": {"leaves": leaves}})["tree"].leaves is not leaves


def test_what_does_not_go_by_type_is_left_to_strawberry() -> None:
    conversions, arguments, _ = _arguments("unfit")
    assert conversions.of_arguments(arguments) is None
    assert conversions.of_arguments(arguments) is None, "nor the second time"
