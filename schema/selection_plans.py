"""Which parts of a selection are plain: found out once per document, used by every execution of it (``schema.inline_execution``).

Plain are attributes, methods that take nothing but ``self``, and relations, as long as all that is selected below them is plain,
too.
"""

from collections.abc import Callable
from typing import Any, cast

from graphql import (
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    is_leaf_type,
)
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

from schema.column import Column
from schema.columns import Abstract, Lists, NonNull, Objects, PlainField, RelatedField, Selection
from schema.direct_fields import DirectFields
from schema.leaf_columns import Leaves
from schema.relation import RELATION
from schema.shown_document import StoredField, reader, stored_field

Details = Any
"""graphql-core's list of the nodes that are selected under one name of the answer. Known by its identity (``Plans``)."""

Grouped = dict[str, Details]
CollectSubfields = Callable[[GraphQLObjectType, Details], Grouped]


class Plans:
    """Of one operation with the same conditions (``@skip``, ``@include``). Holds nothing of any request.

    ``sub_fields`` is graphql-core's memory of collected fields, shared by all executions, so that the same selection is always
    the same object; ``root`` are the root fields. ``budget`` is how many selections are planned at the most: interfaces within
    interfaces multiply.
    """

    def __init__(self, schema: GraphQLSchema, budget: int = 500) -> None:
        self.root: dict[str, Details] | None = None
        self.sub_fields: dict[Any, Any] = {}
        self.direct = DirectFields(schema)
        self._schema = schema
        self._budget = budget
        self._selections: dict[int, Selection | None] = {}
        self._columns: dict[tuple[int, int], Column | None] = {}

    def selection(self, type_: GraphQLObjectType, grouped: Grouped, collect: CollectSubfields) -> Selection | None:
        """What is selected of single objects of a type; None where nothing of it is plain."""
        key = id(grouped)
        if key not in self._selections:
            made = self._planned(type_, grouped, collect)
            self._selections[key] = made if made is not None and (made.plain or made.constants) else None
        return self._selections[key]

    def column(self, type_: GraphQLOutputType, details: Details, collect: CollectSubfields) -> Column | None:
        """None where values of the type cannot be completed by columns alone."""
        key = (id(type_), id(details))
        if key not in self._columns:
            self._columns[key] = self._made(type_, details, collect)
        return self._columns[key]

    def _made(self, type_: GraphQLOutputType, details: Details, collect: CollectSubfields) -> Column | None:
        if isinstance(type_, GraphQLNonNull | GraphQLList):
            inner = self.column(type_.of_type, details, collect)
            wrap = NonNull if isinstance(type_, GraphQLNonNull) else Lists
            return None if inner is None else wrap(inner)
        if is_leaf_type(type_):
            return Leaves(type_)
        if isinstance(type_, GraphQLObjectType) and _is_ours(type_):
            return self._objects(type_, details, collect)
        if isinstance(type_, GraphQLInterfaceType) and _definition(type_).resolve_type is None:
            return self._abstract(type_, details, collect)
        return None

    def _abstract(self, type_: GraphQLInterfaceType, details: Details, collect: CollectSubfields) -> Column | None:
        columns: dict[type, Column] = {}
        for possible in self._schema.get_possible_types(type_):
            column = self._objects(possible, details, collect)
            if column is None:
                return None
            columns[_definition(possible).origin] = column
        return Abstract(columns)

    def _objects(self, type_: GraphQLObjectType, details: Details, collect: CollectSubfields) -> Column | None:
        definition = _definition(type_)
        is_asked = type_.is_type_of is not None
        if definition.is_type_of is not None or (is_asked and definition.concrete_of is not None):
            return None  # somebody's own way to tell, or one class for several types
        try:
            grouped = collect(type_, details)
        except Exception:  # noqa: BLE001  # such as a condition that is null: graphql-core meets it again, and says where
            return None
        selection = self._planned(type_, grouped, collect)
        if selection is None or selection.others or not selection.names:
            return None
        return Objects(selection, origin=definition.origin if is_asked else None)

    def _planned(self, type_: GraphQLObjectType, grouped: Grouped, collect: CollectSubfields) -> Selection | None:
        if self._budget <= 0:
            return None
        self._budget -= 1
        selection = Selection(names=list(grouped))
        for name, details in grouped.items():
            field_name = details[0].node.name.value
            if field_name == "__typename":
                selection.constants[name] = type_.name
                continue
            field = type_.fields.get(field_name)
            definition = None if field is None else field.extensions.get("strawberry-definition")
            if field is None or not isinstance(definition, StrawberryField):
                selection.leave(name, details)
                continue
            read = _reader(_definition(type_).origin, definition)
            relation = definition.metadata.get(RELATION)
            column = None if read is None and relation is None else self.column(field.type, details, collect)
            if column is None:
                selection.leave(name, details)
            elif relation is not None:
                selection.relate(RelatedField(name, relation, column), details)
            elif read is not None:
                selection.read(PlainField(name, read, column, _stored(_definition(type_).origin, definition)), details)
        return selection


def _is_ours(type_: GraphQLObjectType) -> bool:
    """Those of introspection are graphql-core's."""
    return "strawberry-definition" in type_.extensions


def _definition(type_: GraphQLObjectType | GraphQLInterfaceType) -> StrawberryObjectDefinition:
    return cast("StrawberryObjectDefinition", type_.extensions["strawberry-definition"])


def _stored(origin: type, definition: StrawberryField) -> StoredField | None:
    return stored_field(origin, definition.python_name) if definition.is_basic_field else None


def _reader(origin: type, definition: StrawberryField) -> Callable[[Any], Any] | None:
    """How a field without effects is read; None for all others."""
    if definition.is_basic_field:
        return reader(origin, definition.python_name) if definition.default_resolver is getattr else None
    resolver = definition.base_resolver
    if resolver is None or definition.extensions or definition.is_async or resolver.self_parameter is None:
        return None
    return resolver if len(resolver.signature.parameters) == 1 else None
