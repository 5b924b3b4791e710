"""Which columns a file has: the leaves of the graph below a connection's rows, named as in GraphQL.

A column is a path of field names from the row to a scalar or enum, joined by dots: ``name.family``. Where a field's type is an
interface or a union, the name of a type behind it may stand before a field: ``Observation.value.quantity.value`` of ``records``
is empty in rows of other kinds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_required_argument,
)

from models.role import Role
from ohms_graphql.errors import OhmsError
from schema.authorization import Rights

_DEEPEST = 3
"""Objects within objects that the usual columns go down to."""


@dataclass(frozen=True, slots=True)
class Step:
    """A field, where ``on`` is given of that type only."""

    field: str
    on: str | None = None

    @property
    def key(self) -> str:
        """In the answer: fields of several types may differ in what they return, and GraphQL lets none of these share a name."""
        return self.field if self.on is None else f"{self.on}_{self.field}"


@dataclass(frozen=True, slots=True)
class Column:
    """``leaf`` is the name of the scalar or enum that it ends in."""

    steps: tuple[Step, ...]
    leaf: str

    @property
    def header(self) -> str:
        return ".".join(step.field if step.on is None else f"{step.on}.{step.field}" for step in self.steps)


class Columns:
    """Of one schema, for callers who are nothing but ``role``."""

    def __init__(self, schema: GraphQLSchema, role: Role) -> None:
        self._schema = schema
        self._role = role
        self._rights = Rights(schema)

    def usual(self, row: GraphQLNamedType) -> list[Column]:
        """What the role may select, the id first; values within the row, and of related nodes the id.

        Without lists of objects but codings, without JSON, fields with arguments, and links, which are keys for a few minutes.
        Empty when the role may select nothing.
        """
        return sorted(self._below(row, (), ()), key=lambda column: column.header != "id")

    def named(self, row: GraphQLNamedType, names: Sequence[str]) -> list[Column]:
        """What ``names`` say; one that ends in an object stands for the usual columns in it.

        Not held against the role's rights: the schema does that when it runs, and its refusal is audited. Raises OhmsError.
        """
        columns = [column for name in names for column in self._named(row, name)]
        return list(dict.fromkeys(columns))

    def _below(self, type_: GraphQLNamedType, above: tuple[Step, ...], around: tuple[str, ...]) -> Iterator[Column]:
        fields: dict[str, GraphQLField] = getattr(type_, "fields", {})
        for name, field in fields.items():
            inner = get_named_type(field.type)
            steps = (*above, Step(name))
            if field.args or not self._may_select(type_, name) or name.endswith("Url") or inner.name == "JSON":
                continue
            if is_leaf_type(inner):
                yield Column(steps, inner.name)
            elif inner.name in around or (is_list_type(get_nullable_type(field.type)) and inner.name != "Coding"):
                continue
            elif _is_node(inner):
                if self._may_select(inner, "id"):
                    yield Column((*steps, Step("id")), "ID")
            elif len(steps) < _DEEPEST:
                yield from self._below(inner, steps, (*around, type_.name))

    def _may_select(self, type_: GraphQLNamedType, field: str) -> bool:
        return all(self._role in demand for demand in self._rights.of_field(type_, field))

    def _named(self, row: GraphQLNamedType, name: str) -> Iterator[Column]:
        type_, on = row, None
        steps: tuple[Step, ...] = ()
        for part in name.split("."):
            if is_leaf_type(type_):
                raise OhmsError(f"There is no column {name}: {type_.name} has no fields.")
            behind = None if on else self._behind(type_, part)
            if behind is not None:
                type_, on = behind, part
                continue
            field = getattr(type_, "fields", {}).get(part)
            if field is None:
                raise OhmsError(f"There is no column {name}: {type_.name} has no field {part}.{_known(type_)}")
            if any(is_required_argument(argument) for argument in field.args.values()):
                raise OhmsError(f"{name} is no column: {type_.name}.{part} needs arguments.")
            steps = (*steps, Step(part, on))
            type_, on = get_named_type(field.type), None
            if {"nodes", "pageInfo"} <= getattr(type_, "fields", {}).keys():
                raise OhmsError(f"{name} is no column: {part} is a list in pages; export it by itself.")
        yield from self._ending(name, type_, on, steps)

    def _ending(self, name: str, type_: GraphQLNamedType, on: str | None, steps: tuple[Step, ...]) -> Iterator[Column]:
        if is_leaf_type(type_):
            yield Column(steps, type_.name)
            return
        if on is not None:
            raise OhmsError(f"{name} is no column: say which field of {on}.")
        found = list(self._below(type_, steps, ()))
        if not found:
            raise OhmsError(f"{name} is no column by itself: say which field of {type_.name}.{_known(type_)}")
        yield from found

    def _behind(self, type_: GraphQLNamedType, name: str) -> GraphQLNamedType | None:
        found = self._schema.type_map.get(name)
        if is_abstract_type(type_) and isinstance(found, GraphQLObjectType) and self._schema.is_sub_type(type_, found):
            return found
        return None


def _is_node(type_: GraphQLNamedType) -> bool:
    interfaces = type_.interfaces if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType) else ()
    return any(interface.name == "Node" for interface in interfaces)


def _known(type_: GraphQLNamedType) -> str:
    fields = sorted(getattr(type_, "fields", {}))
    return f" It has {', '.join(fields)}." if fields else ""
