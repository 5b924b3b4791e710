"""Compiles a validated operation to its `AuthorizationPlan`: each definition of the document is read once."""

from collections.abc import Mapping
from dataclasses import dataclass

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionSetNode,
    get_named_type,
)

from schema.authorization import Rights, declared
from schema.authorization_plan import AuthorizationPlan, Edge, Part, Path, Selected
from schema.operation_document import OperationDocument, conditions_of


def compile_authorization(schema: GraphQLSchema, rights: Rights, document: OperationDocument) -> AuthorizationPlan:
    """The plan of a *validated* operation. Linear in the size of the document."""
    compiler = _Compiler(schema, rights, {fragment.name.value: Part() for fragment in document.fragments})
    for fragment in document.fragments:
        name, condition = fragment.name.value, fragment.type_condition.name.value
        compiler.fragment(fragment.selection_set, schema.type_map[condition], (), compiler.parts[name])
    on = schema.get_root_type(document.operation.operation)
    if on is None:
        raise ValueError("The operation was not validated: the schema has no root type for it")
    root = Part()
    compiler.selections(document.operation.selection_set, on, (), root)
    return AuthorizationPlan(root, document.defaults())


@dataclass(frozen=True, slots=True)
class _Compiler:
    schema: GraphQLSchema
    rights: Rights
    parts: Mapping[str, Part]

    def selections(self, selection_set: SelectionSetNode, parent: GraphQLNamedType, at: Path, part: Part) -> None:
        """Adds what stands at `at` in `part`. Recurses as deep as the text nests (graphql-core: at most 200)."""
        for node in selection_set.selections:
            conditions = conditions_of(node)
            if conditions is None:
                continue
            if isinstance(node, FragmentSpreadNode):
                part.edges.append(Edge(at, conditions, self.parts[node.name.value]))
                continue
            inner, place = part, at
            if conditions:
                inner, place = Part(), ()
                part.edges.append(Edge(at, conditions, inner))
            if isinstance(node, FieldNode):
                self.field(node, parent, place, inner)
            elif isinstance(node, InlineFragmentNode):
                if node.type_condition is None:
                    self.selections(node.selection_set, parent, place, inner)
                else:
                    on = self.schema.type_map[node.type_condition.name.value]
                    self.fragment(node.selection_set, on, place, inner)

    def fragment(self, selection_set: SelectionSetNode, on: GraphQLNamedType, at: Path, part: Part) -> None:
        """A fragment asks for the right to its type: by its fields, or by itself where it has none of its own."""
        demand = declared(on)
        if demand is not None and not _has_fields(selection_set):
            part.selected.append(Selected(on.name, at, (demand,), selection_set))
        self.selections(selection_set, on, at, part)

    def field(self, node: FieldNode, parent: GraphQLNamedType, at: Path, part: Part) -> None:
        name = node.name.value
        path = (*at, node.alias.value if node.alias else name)
        demands = self.rights.of_field(parent, name)
        if demands:
            part.selected.append(Selected(f"{parent.name}.{name}", path, demands, node))
        if node.selection_set and not name.startswith("__"):
            fields: Mapping[str, GraphQLField] = getattr(parent, "fields", {})
            self.selections(node.selection_set, get_named_type(fields[name].type), path, part)


def _has_fields(selection_set: SelectionSetNode) -> bool:
    """Of the type that it stands on, not only of fragments on others."""
    for node in selection_set.selections:
        if isinstance(node, FieldNode):
            return True
        if isinstance(node, InlineFragmentNode) and node.type_condition is None and _has_fields(node.selection_set):
            return True
    return False
