"""Executes what is plain in an operation without ceremony, whole lists at a time; graphql-core executes the rest.

graphql-core resolves each field of each row by itself: a path, an info object, a call of a resolver, a look whether the value can
be awaited. Here each selection set is planned once per document (``schema.selection_plans``): attributes, methods that take
nothing but ``self``, and relations (``schema.relation``) are completed by columns (``schema.columns``), the rest is handed to
graphql-core's own methods.

Why its answers are graphql-core's: what is done here has no effects, and either goes well or is thrown away. Anything unusual (an
exception, a null in the wrong place, a class of value that was not expected) raises before anything else of the selection was
executed, and then graphql-core executes all of it. So every error comes from graphql-core, at its path and in its order.
``tests/schema/inline_execution`` compares the two on random schemas and operations. Switched off by
``build_schema(inline_execution=False)``, which ``OHMS_INLINE_EXECUTION=false`` asks for. Figures: docs/performance.md.
Why so: docs/decisions/0043-inline-execution.md.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, ClassVar

from graphql import (
    GraphQLError,
    GraphQLList,
    GraphQLObjectType,
    Node,
    OperationDefinitionNode,
    OperationType,
    VariableNode,
    Visitor,
    visit,
)

from schema.column import Rest
from schema.direct_fields import DirectExecutor
from schema.selection_plans import Grouped, Plans

_MOST_OPERATIONS = 300
_MOST_CONDITIONS = 16
_DIRECTIVES = frozenset({"skip", "include"})


@dataclass(slots=True)
class _Planned:
    """``conditional`` are the variables that decide what is selected; plans go by their values."""

    operation: OperationDefinitionNode
    conditional: tuple[str, ...]
    plans: dict[tuple[Any, ...], Plans] = field(default_factory=dict)


class PlanCache:
    """Plans by operation, of one schema; the one used longest ago goes first. Documents are kept and shared by their text."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, _Planned] = OrderedDict()

    def plans(self, executor: "InlineExecutor") -> Plans:
        operation = executor.operation
        kept = self._kept.get(id(operation))
        if kept is None:
            if any(fragment.variable_signatures for fragment in executor.fragments.values()):
                return Plans(executor.schema)  # their own variables: what they select depends on more than the operation's
            nodes = [operation, *(fragment.definition for fragment in executor.fragments.values())]
            names = sorted({name for node in nodes for name in _conditional_variables(node)})
            kept = self._kept[id(operation)] = _Planned(operation, tuple(names))
            if len(self._kept) > _MOST_OPERATIONS:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(id(operation))
        given = executor.variable_values.coerced
        conditions = tuple([given.get(name) for name in kept.conditional])
        plans = kept.plans.get(conditions)
        if plans is None:
            plans = Plans(executor.schema)
            if len(kept.plans) < _MOST_CONDITIONS:
                kept.plans[conditions] = plans
        return plans


def _conditional_variables(node: Node) -> set[str]:
    found: set[str] = set()

    class Collector(Visitor):
        def enter_directive(self, directive: Any, *_: Any) -> None:
            if directive.name.value in _DIRECTIVES:
                found.update(each.value.name.value for each in directive.arguments if isinstance(each.value, VariableNode))

    visit(node, Collector())
    return found


class InlineExecutor(DirectExecutor):
    """``plan_cache`` is for one schema (``inline_executor``); None switches it off."""

    plan_cache: ClassVar[PlanCache | None] = None
    _plans: Plans | None = None

    def __init__(self, *args: Any, operation_extensions: dict[str, Any] | None = None, **kwargs: Any) -> None:  # noqa: ARG002
        """``operation_extensions`` are Strawberry's to give, and nobody's here to use."""
        super().__init__(*args, **kwargs)

    # -- graphql-core's steps -------------------------------------------------------------------------------------------

    def execute_known(self) -> Any:
        """What ``execute_operation`` does, without collecting the root fields again where that was done before."""
        plans = self._plan()
        is_query = self.operation.operation is OperationType.QUERY
        root_type = self.schema.query_type if is_query else self.schema.get_root_type(self.operation.operation)
        if plans is None or plans.root is None or root_type is None:
            return self.execute_operation()
        serially = self.operation.operation is OperationType.MUTATION
        try:
            # Past this executor's own: the root fields are known, and so is the plan.
            data: Any = super().execute_root_grouped_field_set(root_type, self.root_value, plans.root, serially, None)
        except GraphQLError as error:
            self.collected_errors.add(error, None)
            return self.build_response(None)
        return self._responded_later(data) if self.is_awaitable(data) else self.build_response(data)

    async def _responded_later(self, data: Awaitable[dict[str, Any]]) -> Any:
        """As graphql-core does it."""
        try:
            return self.build_response(await data)
        except GraphQLError as error:
            self.collected_errors.add(error, None)
            return self.build_response(None)
        except Exception:
            await self.cancel_incremental_work()
            self.run_async_work_finished_hook()
            raise

    def execute_root_grouped_field_set(
        self, root_type: GraphQLObjectType, root_value: Any, grouped_field_set: Grouped, serially: bool, position_context: Any
    ) -> Any:
        plans = self._plan()
        if plans is not None:
            if plans.root is None:
                plans.root = grouped_field_set
            grouped_field_set = plans.root
        return super().execute_root_grouped_field_set(root_type, root_value, grouped_field_set, serially, position_context)

    def execute_fields(
        self, parent_type: GraphQLObjectType, source_value: Any, path: Any, grouped_field_set: Grouped, position_context: Any
    ) -> Any:
        everything = super().execute_fields
        plans = self._plans
        selection = None if plans is None else plans.selection(parent_type, grouped_field_set, self._collected)
        if selection is None:
            return everything(parent_type, source_value, path, grouped_field_set, position_context)
        try:
            cells = selection.cells(source_value)
        except Exception:  # noqa: BLE001  # whatever it was, graphql-core meets it again
            return everything(parent_type, source_value, path, grouped_field_set, position_context)
        rest = selection.rest
        others: Any = everything(parent_type, source_value, path, rest, position_context) if rest else {}
        if self.is_awaitable(others):
            return _in_order_later(selection.names, cells, others)
        return _in_order(selection.names, cells, others)

    def complete_list_value(
        self, return_type: GraphQLList[Any], field_details_list: Any, info: Any, path: Any, result: Any, position_context: Any
    ) -> Any:
        plans = self._plans
        column = None if plans is None else plans.column(return_type.of_type, field_details_list, self._collected)
        if column is None or not (type(result) is list or type(result) is tuple):
            return super().complete_list_value(return_type, field_details_list, info, path, result, position_context)
        graphql_core = partial(super().complete_list_value, return_type, field_details_list, info, path, result, position_context)
        try:
            if column.loads and result:
                return self._loaded_list(column.begin(list(result), self.context_value), graphql_core)
            return column.complete(list(result))
        except Exception:  # noqa: BLE001  # as above
            return graphql_core()

    async def _loaded_list(self, rest: Rest, graphql_core: Callable[[], Any]) -> Any:
        try:
            return await rest()
        except Exception:  # noqa: BLE001  # as above; what was loaded is at hand
            completed = graphql_core()
            return await completed if self.is_awaitable(completed) else completed

    # -- planning ---------------------------------------------------------------------------------------------------------

    def _plan(self) -> Plans | None:
        # With middleware every field is somebody's business; a signal to abort is looked at between fields.
        has_middleware = self.middleware_manager is not None and bool(self.middleware_manager.middlewares)
        if self._plans is None and self.plan_cache is not None and not has_middleware and self.abort_signal is None:
            self._plans = plans = self.plan_cache.plans(self)
            self._relevant_sub_fields = plans.sub_fields
            self._direct = plans.direct
        return self._plans

    def _collected(self, type_: GraphQLObjectType, field_details_list: Any) -> Grouped:
        return self.collect_subfields(type_, field_details_list).grouped_field_set


def _in_order(names: list[str], cells: dict[str, Any], others: Mapping[str, Any]) -> dict[str, Any]:
    """As the operation names them. What graphql-core leaves out is left out."""
    found = {**cells, **others}
    return {name: found[name] for name in names if name in found}


async def _in_order_later(names: list[str], cells: dict[str, Any], others: Awaitable[Mapping[str, Any]]) -> dict[str, Any]:
    return _in_order(names, cells, await others)
