"""Executes an operation by graphql-core alone and by columns, and compares everything that can be seen of it.

``data`` is the same to the byte, always. So are the errors and their order wherever nothing that waits has failed beside
something else. Where several fields that wait fail, it is a matter of turns of the loop which error comes first, and which one
of those that null the same place is told at all (the others are cancelled). Relations of a list are loaded in fewer turns than
relations of its rows one by one, so there the errors are compared by what is defined: those that are found before anything is
waited for are the same and in the same order; the same places are null by errors; and each error is one that graphql-core would
find at its path.
"""

import asyncio
import re
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import orjson
from graphql import (
    DocumentNode,
    ExecutionResult,
    Executor,
    GraphQLError,
    GraphQLSchema,
    MiddlewareManager,
    OperationDefinitionNode,
    execute,
)
from strawberry.execution import optimized_is_awaitable

from schema.column import Column
from schema.inline_execution import InlineExecutor, PlanCache
from schema.prepared_executors import PreparedExecutor
from tests.schema.inline_execution.random_data import Data
from tests.schema.inline_execution.things import Context


class Plain(Executor[Context]):
    """graphql-core's. Counts what falls back to it, below ``Inline``, and keeps the errors of before anything was waited for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.pop("operation_extensions", None)
        super().__init__(*args, **kwargs)

    def execute_operation(self, serially: bool | None = None) -> Any:
        return self.begun(super().execute_operation(serially))

    def begun(self, result: Any) -> Any:
        self.context_value.waited = self.is_awaitable(result)
        self.context_value.early = [shown(error) for error in self.collected_errors.errors]
        return result


class _Telling(Plain):
    """Tells every error at its own place, where graphql-core tells the first of those that null the same one."""

    def execute_operation(self, serially: bool | None = None) -> Any:
        self.error_propagation = False
        return super().execute_operation(serially)


class _Fallback(Plain):
    """What is asked of it with all fields of a selection, or with a list that has a column, was tried and given up."""

    def execute_fields(self, parent_type: Any, source_value: Any, path: Any, grouped: Any, position_context: Any) -> Any:
        if cast("Inline", self).planned(grouped):
            self.context_value.fallbacks += 1
        return super().execute_fields(parent_type, source_value, path, grouped, position_context)

    def complete_list_value(self, return_type: Any, fields: Any, info: Any, path: Any, result: Any, at: Any) -> Any:
        if type(result) in {list, tuple} and cast("Inline", self).column(return_type, fields) is not None:
            self.context_value.fallbacks += 1
        return super().complete_list_value(return_type, fields, info, path, result, at)


class Inline(InlineExecutor, _Fallback):
    def execute_known(self) -> Any:
        return self.begun(super().execute_known())

    def planned(self, grouped: Any) -> bool:
        return self._plans is not None and self._plans._selections.get(id(grouped)) is not None

    def column(self, return_type: Any, fields: Any) -> Column | None:
        return None if self._plans is None else self._plans._columns.get((id(return_type.of_type), id(fields)))

    def execute_fields(
        self, parent_type: Any, source_value: Any, path: Any, grouped_field_set: Any, position_context: Any
    ) -> Any:
        answer = super().execute_fields(parent_type, source_value, path, grouped_field_set, position_context)
        self.context_value.inlined += self.planned(grouped_field_set)
        return answer

    def complete_list_value(
        self, return_type: Any, field_details_list: Any, info: Any, path: Any, result: Any, position_context: Any
    ) -> Any:
        answer = super().complete_list_value(return_type, field_details_list, info, path, result, position_context)
        self.context_value.inlined += type(result) in {list, tuple} and self.column(return_type, field_details_list) is not None
        return answer


def inline_executor() -> type[Inline]:
    return type("Cached", (Inline,), {"plan_cache": PlanCache()})


_ADDRESS = re.compile(rb" at 0x[0-9a-f]+")


@dataclass
class Seen:
    """What can be seen of one execution, without anything that holds on to its frames."""

    data: bytes
    errors: list[Any]
    paths: list[Sequence[str | int]]
    context: Context

    @property
    def batches(self) -> int:
        return sum(map(len, self.context.batches))

    @property
    def loaded(self) -> list[set[Any]]:
        """What each table was asked for, in no order."""
        return [{key for batch in batches for key in batch} for batches in self.context.batches]

    @property
    def loads_twice(self) -> bool:
        """Whether a table was asked twice for the same."""
        keys = sum(len(batch) for batches in self.context.batches for batch in batches)
        return keys > sum(map(len, self.loaded))

    def forget_tables(self) -> None:
        """And their futures."""
        self.context.tables.clear()


@dataclass
class Operation:
    """One document; ``prepared`` is its executor, once there is one, as ``schema.short_way`` keeps it."""

    schema: GraphQLSchema
    document: DocumentNode
    prepared: PreparedExecutor[Any] | None = None

    @property
    def is_mutation(self) -> bool:
        return any(
            isinstance(node, OperationDefinitionNode) and node.operation.value == "mutation" for node in self.document.definitions
        )


def _pass_on(resolve: Any, source: Any, info: Any, **given: Any) -> Any:
    return resolve(source, info, **given)


MIDDLEWARES = {"none": None, "empty": MiddlewareManager(), "one": MiddlewareManager(_pass_on)}
WAYS = [*MIDDLEWARES, "known"]
"""``known``: the way of an operation that came before."""


async def executed(
    operation: Operation, variables: dict[str, Any], data: Data, executor: type[Executor[Any]], way: str = "none"
) -> Seen:
    context = data.context()
    root = data.mutation if operation.is_mutation else data.query
    if way == "known":
        made = _known(operation, variables, context, root, cast("type[Inline]", executor)).execute_known()
    else:
        made = execute(
            operation.schema,
            operation.document,
            root_value=root,
            context_value=context,
            variable_values=variables,
            middleware=MIDDLEWARES[way],
            is_awaitable=cast("Any", optimized_is_awaitable),
            executor_class=executor,
        )
    result = cast("ExecutionResult", await cast("Awaitable[Any]", made) if optimized_is_awaitable(made) else made)
    errors = result.errors or []
    return Seen(_told(result.data), list(map(shown, errors)), [error.path or () for error in errors], context)


def _known(operation: Operation, variables: dict[str, Any], context: Context, root: Any, executor: type["Inline"]) -> Inline:
    if operation.prepared is None:
        made = executor.build(
            operation.schema,
            operation.document,
            context_value=context,
            raw_variable_values=variables,
            is_awaitable=cast("Any", optimized_is_awaitable),
        )
        assert not isinstance(made, list)
        operation.prepared = PreparedExecutor(made)
    else:
        made = operation.prepared.executor(context, variables)
        assert not isinstance(made, list)
    made.root_value = root
    return cast("Inline", made)


async def settled(before: set[asyncio.Task[Any]]) -> None:
    """Waits until what was left in the background has ended: only the tasks of ``before`` run on."""
    while others := asyncio.all_tasks() - before - {asyncio.current_task()}:
        await asyncio.wait(others)


async def every_error(operation: Operation, variables: dict[str, Any], data: Data) -> list[Any]:
    return (await executed(operation, variables, data, _Telling)).errors


def shown(error: GraphQLError) -> Any:
    original = error.original_error
    # graphql-core makes its own errors anew each time; those of resolvers are the same objects.
    made = (type(original), str(original), None if type(original) in {TypeError, GraphQLError} else _identity(original))
    return _told(error.formatted), made


def _told(answer: Any) -> bytes:
    """Without addresses: what is made anew each time can be at the place of a scalar."""
    return _ADDRESS.sub(b"", orjson.dumps(answer, default=repr, option=orjson.OPT_PASSTHROUGH_DATACLASS))


def _identity(error: BaseException | None) -> int | None:
    return id(error) if error is not None and str(error).startswith("Error ") else None


def null_places(seen: Seen) -> set[tuple[Any, ...]]:
    """Where errors have put null."""
    data = orjson.loads(seen.data)
    places = set()
    for path in seen.paths:
        value, place = data, []
        for key in path:
            if value is None:
                break
            value = value[key]
            place.append(key)
        places.add(tuple(place))
    return places
