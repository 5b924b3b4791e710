"""The selected fields of an operation by their type, for its entry in the audit trail. Compiled once per document.

What hangs on a `@skip` or `@include` with a variable is a part of its own, joined by an edge with conditions: each selection is
compiled once however often its fragment is spread, and a request walks only the parts that its variables select.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationType,
    SelectionSetNode,
    get_named_type,
)

from resolvers.audit.asked import Coordinates
from schema.operation_document import Conditions, OperationDocument, conditions_of, hold

Selected = dict[str, None]
"""Coordinates in the order of the text."""


@dataclass(slots=True, eq=False)
class _Part:
    selected: Selected = field(default_factory=dict)
    edges: list[tuple[Conditions, "_Part"]] = field(default_factory=list)


class Selection:
    """What one operation selects. ``action`` names its root fields; ``is_change`` is true for mutations."""

    def __init__(self, schema: GraphQLSchema, document: OperationDocument) -> None:
        self.is_change = document.operation.operation is OperationType.MUTATION
        self._schema = schema
        self._defaults = document.defaults()
        parts = {fragment.name.value: _Part() for fragment in document.fragments}
        compiler = _Compiler(schema, parts)
        for fragment in document.fragments:
            on = schema.type_map[fragment.type_condition.name.value]
            compiler.selections(fragment.selection_set, on, parts[fragment.name.value])
        root = schema.get_root_type(document.operation.operation)
        if root is None:
            raise ValueError("The operation was not validated: the schema has no root type for it")
        self._root = _Part()
        compiler.selections(document.operation.selection_set, root, self._root)
        whole = self._selected(lambda _conditions: True)
        self.action = ", ".join(name for name in whole if name.startswith(f"{root.name}."))
        always = self._selected(lambda conditions: not conditions)
        self._fixed = self._by_type(always) if len(always) == len(whole) else None

    @property
    def fixed(self) -> Coordinates | None:
        """The coordinates, where they are the same with all variables."""
        return self._fixed

    def coordinates(self, variables: Mapping[str, Any] | None) -> Coordinates:
        """With these variables. A field of an interface counts for the interface and for each type behind it."""
        if self._fixed is not None:
            return self._fixed
        values = {**self._defaults, **(variables or {})}
        return self._by_type(self._selected(lambda conditions: hold(conditions, values)))

    def _selected(self, follow: Any) -> Selected:
        selected: Selected = {}
        visited: set[_Part] = set()
        stack = [self._root]
        while stack:
            part = stack.pop()
            if part not in visited:
                visited.add(part)
                selected.update(part.selected)
                stack.extend(target for conditions, target in part.edges if follow(conditions))
        return selected

    def _by_type(self, selected: Iterable[str]) -> Coordinates:
        found: dict[str, Selected] = {}
        for coordinate in selected:
            type_name, _, name = coordinate.partition(".")
            for shown in (type_name, *self._behind(type_name)):
                found.setdefault(shown, {})[f"{shown}.{name}"] = None
        return {type_name: tuple(coordinates) for type_name, coordinates in found.items()}

    def _behind(self, type_name: str) -> list[str]:
        type_ = self._schema.type_map[type_name]
        if not isinstance(type_, GraphQLInterfaceType):
            return []
        return [behind.name for behind in self._schema.get_implementations(type_).objects]


@dataclass(frozen=True, slots=True)
class _Compiler:
    schema: GraphQLSchema
    parts: Mapping[str, _Part]

    def selections(self, selection_set: SelectionSetNode, parent: GraphQLNamedType, part: _Part) -> None:
        """Recurses as deep as the text nests (graphql-core: at most 200)."""
        for node in selection_set.selections:
            conditions = conditions_of(node)
            if conditions is None:
                continue
            if isinstance(node, FragmentSpreadNode):
                part.edges.append((conditions, self.parts[node.name.value]))
                continue
            inner = part
            if conditions:
                inner = _Part()
                part.edges.append((conditions, inner))
            if isinstance(node, FieldNode):
                self._field(node, parent, inner)
            elif isinstance(node, InlineFragmentNode):
                named = node.type_condition
                self.selections(node.selection_set, self.schema.type_map[named.name.value] if named else parent, inner)

    def _field(self, node: FieldNode, parent: GraphQLNamedType, part: _Part) -> None:
        name = node.name.value
        if name.startswith("__") or not isinstance(parent, GraphQLObjectType | GraphQLInterfaceType):
            return
        part.selected[f"{parent.name}.{name}"] = None
        if node.selection_set:
            self.selections(node.selection_set, get_named_type(parent.fields[name].type), part)
