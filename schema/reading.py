"""What an operation needs of the documents behind its nodes, so that nothing else is read (``resolvers.reading``).

Every selected field has to be known: an attribute of a node that shows a document (``schema.shown_document``), or of a plain
value, or a method that says what it reads. One that is not known may look at any field of any document, and then all are read
whole.
"""

from collections.abc import Callable, Mapping
from typing import Any

from graphql import GraphQLField, GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

from models.base import StoredDocument
from models.record import Record
from resolvers.audit.asked import Coordinates
from resolvers.reading import Reading
from schema.audit.selection import Selection
from schema.node import Node
from schema.shown_document import ALSO_READS, READS, SHOWN

ReadingOf = Callable[[Mapping[str, Any] | None], Reading]
"""By the variables of a request."""

Needs = Mapping[type[StoredDocument], tuple[str, ...]]
"""Of one field."""

WHOLE = Reading({})
"""Rows are read for showing, with all their fields."""


class Readings:
    """Of one schema."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._known: dict[str, Needs | None] = {}

    def of_selection(self, selection: Selection) -> ReadingOf:
        if selection.fixed is not None:
            fixed = self.of(selection.fixed)
            return lambda _variables: fixed
        return lambda variables: self.of(selection.coordinates(variables))

    def of(self, coordinates: Coordinates) -> Reading:
        """``coordinates`` are the selected fields by type, each of an interface for every type behind it, too."""
        fields: dict[str, set[str]] = {}
        for type_name, selected in coordinates.items():
            for coordinate in selected:
                if coordinate not in self._known:
                    self._known[coordinate] = self._look_up(type_name, coordinate)
                needs = self._known[coordinate]
                if needs is None:
                    return WHOLE
                for document, needed in needs.items():
                    fields.setdefault(_root(document).__name__, set()).update(needed)
        return Reading({name: frozenset(needed) for name, needed in fields.items()})

    def _look_up(self, type_name: str, coordinate: str) -> Needs | None:
        type_ = self._schema.type_map[type_name]
        if isinstance(type_, GraphQLInterfaceType):
            return {}  # each type behind it is looked at by itself
        if not isinstance(type_, GraphQLObjectType):
            return None
        field: GraphQLField = type_.fields[coordinate.partition(".")[2]]
        definition: StrawberryField = field.extensions["strawberry-definition"]
        origin = self._origin(type_name)
        shown = SHOWN.get(origin)
        if not definition.is_basic_field:
            said: tuple[str, ...] | None = definition.metadata.get(READS)
            if said is None:
                return None
            also: Needs = definition.metadata.get(ALSO_READS, {})
            return also if shown is None else {shown.document: said, **also}
        if shown is not None:
            return {shown.document: shown.attributes[definition.python_name].stored}
        return None if issubclass(origin, Node) else {}  # a node that is made of its whole document

    def _origin(self, type_name: str) -> type:
        definition: StrawberryObjectDefinition = self._schema.type_map[type_name].extensions["strawberry-definition"]
        return definition.origin


def _root(document: type[StoredDocument]) -> type[StoredDocument]:
    """The class that names the collection, by which rows are read."""
    return Record if issubclass(document, Record) else document
