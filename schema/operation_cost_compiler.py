"""Compiles a validated operation to its `CostPlan`: each definition is read once, constants are added up at once."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLArgument,
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionNode,
    SelectionSetNode,
    Undefined,
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
)

from schema.limits import OperationLimits
from schema.operation_cost import (
    ASSUMED_LIST,
    COST,
    INTROSPECTION_COST,
    Argument,
    Conditional,
    Cost,
    CostPlan,
    Dearest,
    FieldCost,
    FieldShape,
    FieldTerm,
    Size,
    Spread,
    Term,
    Total,
    dearest,
)
from schema.operation_document import OperationDocument, conditions_of

_NOTHING = Total(Cost())


def compile_cost(schema: GraphQLSchema, limits: OperationLimits, document: OperationDocument) -> CostPlan:
    """The plan of a *validated* operation. Linear in the size of the document."""
    compiler = _Compiler(schema, limits)
    for fragment in document.fragments:
        on = schema.type_map[fragment.type_condition.name.value]
        compiler.fragments[fragment.name.value] = on, compiler.selections(fragment.selection_set, on)
    on_root = schema.get_root_type(document.operation.operation)
    if on_root is None:
        raise ValueError("The operation was not validated: the schema has no root type for it")
    operation = compiler.selections(document.operation.selection_set, on_root)
    fragments = tuple((name, total) for name, (_, total) in compiler.fragments.items() if total.terms)
    return CostPlan(document.defaults(), fragments, operation)


def _add(totals: Iterable[Total]) -> Total:
    once = per_row = 0
    terms: list[Term] = []
    for total in totals:
        once += total.known.once
        per_row += total.known.per_row
        terms += total.terms
    return Total(Cost(once, per_row), tuple(terms))


def _either(alternatives: list[Total]) -> Total:
    if any(alternative.terms for alternative in alternatives):
        return Total(Cost(), (Dearest(tuple(alternatives)),))
    return Total(dearest([alternative.known for alternative in alternatives]))


@dataclass(frozen=True, slots=True)
class _Compiler:
    schema: GraphQLSchema
    limits: OperationLimits
    fragments: dict[str, tuple[GraphQLNamedType, Total]] = field(default_factory=dict)

    def selections(self, selection_set: SelectionSetNode, parent: GraphQLNamedType) -> Total:
        """Recurses as deep as the text nests (graphql-core: at most 200)."""
        together: list[Total] = []
        only_on: dict[str, list[Total]] = {}
        for node in selection_set.selections:
            on = self.type_of(node, parent)
            exclusive = is_abstract_type(parent) and isinstance(on, GraphQLObjectType)
            (only_on.setdefault(on.name, []) if exclusive else together).append(self.selection(node, on))
        return _add([*together, _either([_add(totals) for totals in only_on.values()])])

    def type_of(self, node: SelectionNode, parent: GraphQLNamedType) -> GraphQLNamedType:
        """The type that a selection is about."""
        if isinstance(node, FragmentSpreadNode):
            return self.fragments[node.name.value][0]
        if isinstance(node, InlineFragmentNode) and node.type_condition is not None:
            return self.schema.type_map[node.type_condition.name.value]
        return parent

    def selection(self, node: SelectionNode, on: GraphQLNamedType) -> Total:
        conditions = conditions_of(node)
        total = _NOTHING
        if conditions is None:
            return total
        if isinstance(node, FieldNode):
            total = self.field(node, on)
        elif isinstance(node, InlineFragmentNode):
            total = self.selections(node.selection_set, on)
        elif isinstance(node, FragmentSpreadNode):
            name = node.name.value
            total = self.fragments[name][1]
            if total.terms:
                total = Total(Cost(), (Spread(name),))
        return Total(Cost(), (Conditional(conditions, total),)) if conditions and total != _NOTHING else total

    def field(self, node: FieldNode, parent: GraphQLNamedType) -> Total:
        name = node.name.value
        if name.startswith("__"):
            return _NOTHING if name == "__typename" else Total(Cost(INTROSPECTION_COST))
        definition: GraphQLField = getattr(parent, "fields", {})[name]
        returned = get_named_type(definition.type)
        override = getattr(definition.extensions.get("strawberry-definition"), "metadata", {}).get(COST, FieldCost())
        if is_leaf_type(returned):
            return Total(Cost(override.each or 0))
        shape = self.shape(node, parent, definition, override)
        inner = self.selections(node.selection_set, returned) if node.selection_set else _NOTHING
        if inner.terms or shape.varies:
            return Total(Cost(), (FieldTerm(shape, inner),))
        return Total(shape.around(inner.known, {}))

    def shape(self, node: FieldNode, parent: GraphQLNamedType, definition: GraphQLField, override: FieldCost) -> FieldShape:
        written = {argument.name.value: argument.value for argument in node.arguments or ()}
        arguments = {name: Argument(written.get(name), _default(of)) for name, of in definition.args.items()}
        pages = tuple(arguments[name] for name in ("first", "last") if name in arguments)
        each = 1 if override.each is None else override.each
        page = Size(self.limits.default_page_size, pages, most=self.limits.max_page_size)
        if not is_list_type(get_nullable_type(definition.type)):
            return FieldShape(each, page)
        if parent.name.endswith("Connection") and node.name.value in ("nodes", "edges"):
            return FieldShape(each, page, row=True)
        otherwise = ASSUMED_LIST if override.items is None else override.items
        ids = tuple(arguments[name] for name in ("ids",) if name in arguments)
        most = self.limits.max_page_size if pages else None
        return FieldShape(each, page, Size(otherwise, pages, ids, most))


def _default(argument: GraphQLArgument) -> object:
    return None if argument.default_value is Undefined else argument.default_value
