"""Executes what is plain in an operation without ceremony, whole lists at a time; graphql-core executes the rest.

graphql-core resolves each field of each row by itself: a path, an info object, a call of a resolver, a look whether the value can be
awaited. Here each selection set is planned once per document (``Plans``): attributes, methods that take nothing but ``self``, and
relations (``schema.relation``) are completed by columns (``schema.columns``), the rest is handed to graphql-core's own methods.

Why its answers are graphql-core's: what is done here has no effects, and either goes well or is thrown away. Anything unusual (an
exception, a null in the wrong place, a class of value that was not expected) raises before anything else of the selection was
executed, and then graphql-core executes all of it. So every error comes from graphql-core, at its path and in its order.
``tests/schema/inline_execution`` compares the two on random schemas and operations. Switched off by
``build_schema(inline_execution=False)``. Figures: docs/performance.md. Why so: docs/decisions/0043-inline-execution.md.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Mapping
from operator import attrgetter
from typing import Any, ClassVar, cast

from graphql import (
    Executor,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    Node,
    OperationDefinitionNode,
    VariableNode,
    Visitor,
    is_leaf_type,
    visit,
)
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

from schema.columns import Abstract, Column, Leaves, Lists, NonNull, Objects, PlainField, RelatedField, Selection
from schema.relation import RELATION

_MOST_PLANS = 1000
_MOST_CONDITIONS = 16
_DIRECTIVES = frozenset({"skip", "include"})

Grouped = dict[str, Any]
"""graphql-core's grouped field set: the nodes that are selected under each name of the answer."""


class Plans:
    """Of one operation with the same conditions (``@skip``, ``@include``). Holds nothing of any request.

    ``sub_fields`` is graphql-core's memory of collected fields, shared by all executions, so that the same selection is always the
    same object and ``selections`` and ``columns`` know it by its identity.
    """

    budget = 500
    """Selections that are planned at the most: interfaces within interfaces multiply."""

    def __init__(self) -> None:
        self.root: Grouped | None = None
        self.sub_fields: dict[Any, Any] = {}
        self.selections: dict[int, Selection | None] = {}
        self.columns: dict[tuple[int, int], Column | None] = {}


class PlanCache:
    """Plans by operation, of one schema; the one used longest ago goes first. Documents are kept and shared by their text."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, tuple[OperationDefinitionNode, tuple[str, ...], dict[tuple[Any, ...], Plans]]] = (
            OrderedDict()
        )

    def plans(self, executor: "InlineExecutor[Any]") -> Plans:
        operation = executor.operation
        kept = self._kept.get(id(operation))
        if kept is None:
            if any(fragment.variable_signatures for fragment in executor.fragments.values()):
                return Plans()  # fragments with variables of their own: selections depend on more than the operation's
            nodes = [operation, *(fragment.definition for fragment in executor.fragments.values())]
            names = tuple(sorted({name for node in nodes for name in _conditional_variables(node)}))
            kept = self._kept[id(operation)] = (operation, names, {})
            if len(self._kept) > _MOST_PLANS:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(id(operation))
        _, names, by_condition = kept
        given = executor.variable_values.coerced
        conditions = tuple([given.get(name) for name in names])
        plans = by_condition.get(conditions)
        if plans is None:
            if len(by_condition) >= _MOST_CONDITIONS:
                return Plans()
            plans = by_condition[conditions] = Plans()
        return plans


def _conditional_variables(node: Node) -> set[str]:
    found: set[str] = set()

    class Collector(Visitor):
        def enter_directive(self, directive: Any, *_: Any) -> None:
            if directive.name.value in _DIRECTIVES:
                found.update(each.value.name.value for each in directive.arguments if isinstance(each.value, VariableNode))

    visit(node, Collector())
    return found


class InlineExecutor(Executor[Any]):
    """``plan_cache`` is for one schema (``inline_executor``); None switches it off."""

    plan_cache: ClassVar[PlanCache | None] = None
    _plans: Plans | None = None

    def __init__(self, *args: Any, operation_extensions: dict[str, Any] | None = None, **kwargs: Any) -> None:  # noqa: ARG002
        """``operation_extensions`` are Strawberry's to give, and nobody's here to use."""
        super().__init__(*args, **kwargs)

    # -- graphql-core's steps -------------------------------------------------------------------------------------------

    def execute_root_grouped_field_set(
        self, root_type: GraphQLObjectType, root_value: Any, grouped_field_set: Grouped, serially: bool, position_context: Any
    ) -> Any:
        # With middleware every field is somebody's business; a signal to abort is looked at between fields.
        if self.plan_cache is not None and self.middleware_manager is None and self.abort_signal is None:
            self._plans = plans = self.plan_cache.plans(self)
            self._relevant_sub_fields = plans.sub_fields
            if plans.root is None:
                plans.root = grouped_field_set
            grouped_field_set = plans.root
        return super().execute_root_grouped_field_set(root_type, root_value, grouped_field_set, serially, position_context)

    def execute_fields(
        self, parent_type: GraphQLObjectType, source_value: Any, path: Any, grouped_field_set: Grouped, position_context: Any
    ) -> Any:
        everything = super().execute_fields
        selection = self._selection(parent_type, grouped_field_set)
        if selection is None:
            return everything(parent_type, source_value, path, grouped_field_set, position_context)
        try:
            cells = selection.cells(source_value)
        except Exception:  # noqa: BLE001  # whatever it was, graphql-core meets it again
            return everything(parent_type, source_value, path, grouped_field_set, position_context)
        rest = selection.rest
        others = everything(parent_type, source_value, path, rest, position_context) if rest else {}
        if self.is_awaitable(others):
            return _in_order_later(selection.names, cells, others)
        return _in_order(selection.names, cells, others)

    def complete_list_value(
        self, return_type: GraphQLList[Any], field_details_list: Any, info: Any, path: Any, result: Any, position_context: Any
    ) -> Any:
        column = self._column(return_type.of_type, field_details_list)
        if column is None or not (type(result) is list or type(result) is tuple):
            return super().complete_list_value(return_type, field_details_list, info, path, result, position_context)
        if column.loads:
            return self._loaded_list(column, return_type, field_details_list, info, path, result, position_context)
        try:
            return column.complete(list(result))
        except Exception:  # noqa: BLE001  # as above
            return super().complete_list_value(return_type, field_details_list, info, path, result, position_context)

    async def _loaded_list(
        self, column: Column, return_type: Any, fields: Any, info: Any, path: Any, result: Any, at: Any
    ) -> Any:
        try:
            return await column.load(list(result), self.context_value)
        except Exception:  # noqa: BLE001  # as above; what was loaded is at hand
            completed = super().complete_list_value(return_type, fields, info, path, result, at)
            return await cast("Awaitable[Any]", completed) if self.is_awaitable(completed) else completed

    # -- planning ---------------------------------------------------------------------------------------------------------

    def _selection(self, type_: GraphQLObjectType, grouped: Grouped) -> Selection | None:
        """None where nothing of it is plain."""
        plans = self._plans
        if plans is None:
            return None
        key = id(grouped)
        if key in plans.selections:
            return plans.selections[key]
        selection: Selection | None = self._planned(type_, grouped, plans)
        if selection is not None and not (selection.plain or selection.constants):
            selection = None
        plans.selections[key] = selection
        return selection

    def _planned(self, type_: GraphQLObjectType, grouped: Grouped, plans: Plans) -> Selection | None:
        if plans.budget <= 0:
            return None
        plans.budget -= 1
        selection = Selection()
        for name, details in grouped.items():
            field_name = details[0].node.name.value
            selection.names.append(name)
            if field_name == "__typename":
                selection.constants[name] = type_.name
                continue
            field = type_.fields.get(field_name)
            definition = None if field is None else field.extensions.get("strawberry-definition")
            if field is None or not isinstance(definition, StrawberryField):
                selection.others[name] = selection.rest[name] = details
                continue
            relation = definition.metadata.get(RELATION)
            read = _reader(definition)
            column = self._column(field.type, details) if relation is not None or read is not None else None
            if column is None:
                selection.others[name] = selection.rest[name] = details
            elif read is None:
                selection.related.append(RelatedField(name, relation, column))
                selection.rest[name] = details
            elif column.loads:
                selection.loading.append(PlainField(name, read, column))
                selection.rest[name] = details
            else:
                selection.plain.append(PlainField(name, read, column))
        return selection

    def _column(self, type_: GraphQLOutputType, details: Any) -> Column | None:
        """None where a value of the type cannot be completed by columns alone."""
        plans = self._plans
        if plans is None:
            return None
        key = (id(type_), id(details))
        if key not in plans.columns:
            plans.columns[key] = self._made_column(type_, details, plans)
        return plans.columns[key]

    def _made_column(self, type_: GraphQLOutputType, details: Any, plans: Plans) -> Column | None:
        if isinstance(type_, GraphQLNonNull):
            inner = self._column(type_.of_type, details)
            return None if inner is None else NonNull(inner)
        if isinstance(type_, GraphQLList):
            item = self._column(type_.of_type, details)
            return None if item is None else Lists(item)
        if is_leaf_type(type_):
            return Leaves(type_)
        if isinstance(type_, GraphQLObjectType):
            return self._objects(type_, details, plans)
        if isinstance(type_, GraphQLInterfaceType) and _definition(type_).resolve_type is None:
            columns: dict[type, Column] = {}
            for possible in self.schema.get_possible_types(type_):
                column = self._objects(possible, details, plans)
                if column is None:
                    return None
                columns[_definition(possible).origin] = column
            return Abstract(columns)
        return None

    def _objects(self, type_: GraphQLObjectType, details: Any, plans: Plans) -> Column | None:
        definition = _definition(type_)
        if definition.is_type_of is not None or (definition.concrete_of is not None and type_.is_type_of is not None):
            return None
        collected = self.collect_subfields(type_, details)
        selection = self._planned(type_, collected.grouped_field_set, plans)
        if selection is None or selection.others:
            return None
        return Objects(type_, definition.origin, selection)


def _definition(type_: GraphQLObjectType | GraphQLInterfaceType) -> StrawberryObjectDefinition:
    return cast("StrawberryObjectDefinition", type_.extensions["strawberry-definition"])


def _reader(definition: StrawberryField) -> Any:
    """How a field without effects is read; None for all others. A method that takes only ``self`` is one."""
    if definition.is_basic_field:
        return attrgetter(definition.python_name) if definition.default_resolver is getattr else None
    resolver = definition.base_resolver
    if resolver is None or definition.extensions or definition.is_async or resolver.self_parameter is None:
        return None
    return resolver.wrapped_func if len(resolver.signature.parameters) == 1 else None


def _in_order(names: list[str], cells: dict[str, Any], others: Mapping[str, Any]) -> dict[str, Any]:
    """As the operation names them. What graphql-core leaves out is left out."""
    found = {**cells, **others}
    return {name: found[name] for name in names if name in found}


async def _in_order_later(names: list[str], cells: dict[str, Any], others: Awaitable[Mapping[str, Any]]) -> dict[str, Any]:
    return _in_order(names, cells, await others)
