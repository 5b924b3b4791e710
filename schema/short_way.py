"""The short way of an operation whose document is known.

Strawberry's `Schema.execute` makes extensions, hooks and context managers anew for each operation, which takes longer than a
small operation itself. Here are the same steps in the same order: limits and authorization, execution, error policy, audit trail,
cost. Whatever is out of the ordinary (a document seen for the first time, a refusal, a subscription) takes Strawberry's way.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeGuard, cast

from graphql import ExecutionResult, GraphQLError, GraphQLSchema
from strawberry.execution import optimized_is_awaitable
from strawberry.types import ExecutionResult as Answer
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType

from resolvers.context import RequestContext
from schema.audit.extension import settle_operation
from schema.cost_extension import cost_of
from schema.document_cache import Pipeline
from schema.inline_execution import InlineExecutor
from schema.known_documents import KnownDocument
from schema.prepared_executors import PreparedExecutor

_is_awaitable = cast("Callable[[Any], TypeGuard[Awaitable[Any]]]", optimized_is_awaitable)


@dataclass(frozen=True, slots=True)
class ShortWay:
    """Of one schema. ``process_errors`` is its error policy; with ``tells_cost`` answers say what they cost."""

    core: GraphQLSchema
    pipeline: Pipeline
    executor: type[InlineExecutor]
    process_errors: Callable[[list[GraphQLError]], None]
    tells_cost: bool

    async def execute(
        self,
        text: str | None,
        variables: dict[str, Any] | None,
        context: RequestContext,
        name: str | None,
        allowed: Iterable[OperationType] | None,
    ) -> Answer | None:
        """None, with nothing done, for an operation that has to go the long way."""
        admitted = self._admitted(text, variables, context, name, allowed)
        if admitted is None:
            return None
        known, name = admitted
        try:
            answer = await self._executed(known, variables, context, name)
            await settle_operation(context, answer.errors)
        except Exception as error:  # noqa: BLE001  # Strawberry's way: what goes wrong is told as any error is
            told = error if isinstance(error, GraphQLError) else GraphQLError(str(error), original_error=error)
            self.process_errors([told])
            answer = PreExecutionError(data=None, errors=[told])
        answer.extensions = cost_of(context) if self.tells_cost else {}
        return answer

    def _admitted(
        self,
        text: str | None,
        variables: dict[str, Any] | None,
        context: RequestContext,
        name: str | None,
        allowed: Iterable[OperationType] | None,
    ) -> tuple[KnownDocument, str | None] | None:
        """The document and the operation of it that may run."""
        known = None if text is None else self.pipeline.cache.get(text)
        if known is None or (known.ambiguous and name is None):
            return None
        if name is None:
            name = known.only_name
        plans = known.operations.get(name)
        if plans is None or plans.type is OperationType.SUBSCRIPTION or (allowed is not None and plans.type not in allowed):
            return None
        try:
            refused = self.pipeline.admit(context, variables, plans)
        except RecursionError:  # parsed where the stack was lower
            return None
        return None if refused else (known, name)

    async def _executed(
        self, known: KnownDocument, variables: dict[str, Any] | None, context: RequestContext, name: str | None
    ) -> Answer:
        prepared = known.prepared.get(name)
        executor = self._built(known, variables, context, name) if prepared is None else prepared.executor(context, variables)
        if isinstance(executor, list):
            self.process_errors(executor)
            return Answer(data=None, errors=executor)
        result: Any = executor.execute_known()
        if not isinstance(result, ExecutionResult):
            result = await result
        if result.errors:
            self.process_errors(result.errors)
        else:
            # All is done: nobody asks for these again. They refer to the executor, and with it would be garbage that only the
            # collector finds, together with every row that the operation has read.
            vars(executor).pop("async_helpers", None)
        return Answer(data=result.data, errors=result.errors)

    def _built(
        self, known: KnownDocument, variables: dict[str, Any] | None, context: RequestContext, name: str | None
    ) -> InlineExecutor | list[GraphQLError]:
        """The first of an operation, as graphql-core makes it; the next ones are copies."""
        built = cast(
            "InlineExecutor | list[GraphQLError]",
            self.executor.build(
                self.core,
                known.document,
                context_value=context,
                raw_variable_values=variables,
                operation_name=name,
                is_awaitable=_is_awaitable,
            ),
        )
        if not isinstance(built, list):
            known.prepared[name] = PreparedExecutor(built)
        return built
