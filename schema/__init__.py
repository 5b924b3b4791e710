"""What GraphQL shows: one schema, built once."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import strawberry
from graphql import GraphQLError
from strawberry.extensions import SchemaExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext, ExecutionResult
from strawberry.types.graphql import OperationType

import schema.access_enums  # as the next line
import schema.enums  # noqa: F401  # gives the stored enums their descriptions
from schema.audit.extension import AuditExtension
from schema.authorization import core_schema
from schema.cost_extension import CostExtension
from schema.deidentification import verify_deidentified
from schema.document_cache import DocumentPipeline, Pipeline
from schema.errors import USER_ERRORS
from schema.extensions_runner import ExtensionsRunner
from schema.guarded import inherit_auth, verify_guarded
from schema.limits import OperationLimits
from schema.mutation import Mutation
from schema.patient.duplicates import PossibleDuplicates
from schema.query import Query
from schema.record.types import RECORD_TYPES
from schema.scalars import SCALARS
from schema.shared_events import sharing_executor
from schema.short_way import ShortWay
from schema.subscription import Subscription

DEFAULT_LIMITS = OperationLimits(
    max_tokens=2000, max_depth=12, max_aliases=30, max_root_fields=20, max_cost=50_000, max_page_size=200
)

ErrorPolicy = Callable[[list[GraphQLError], ExecutionContext | None], None]


def build_schema(
    limits: OperationLimits = DEFAULT_LIMITS,
    *,
    extensions: Sequence[type[SchemaExtension]] = (),
    error_policy: ErrorPolicy | None = None,
    pipeline: Pipeline | None = None,
    inline_execution: bool = True,
) -> strawberry.Schema:
    """Raises UnguardedSchemaError when a road into the graph does not say who may take it.

    ``error_policy`` is called with the errors of an operation before they are shown. ``inline_execution`` false leaves every
    field to graphql-core (``schema.inline_execution``).
    """

    class OhmsSchema(strawberry.Schema):
        def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
            if error_policy is None:
                super().process_errors(errors, execution_context)
            else:
                error_policy(errors, execution_context)

        def create_extensions_runner(
            self, execution_context: ExecutionContext, extensions: list[SchemaExtension]
        ) -> ExtensionsRunner:
            return ExtensionsRunner(execution_context, extensions)

        async def execute(  # Strawberry's parameters
            self,
            query: str | None,
            variable_values: dict[str, Any] | None = None,
            context_value: Any = None,
            root_value: Any = None,
            operation_name: str | None = None,
            allowed_operation_types: Iterable[OperationType] | None = None,
            operation_extensions: dict[str, Any] | None = None,
        ) -> ExecutionResult:
            asked = (query, variable_values, context_value, operation_name, allowed_operation_types)
            if short_way is not None and context_value is not None and root_value is None:
                answer = await short_way.execute(*asked)
                if answer is not None:
                    return answer
            return await super().execute(
                query,
                variable_values,
                context_value,
                root_value,
                operation_name,
                allowed_operation_types,
                operation_extensions,
            )

    pipeline = pipeline or Pipeline(limits)
    executor = sharing_executor(inline=inline_execution)
    built = OhmsSchema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=[*RECORD_TYPES, *USER_ERRORS, PossibleDuplicates],
        extensions=[AuditExtension, *extensions, lambda: DocumentPipeline(pipeline)],
        config=StrawberryConfig(scalar_map=SCALARS),
        execution_context_class=executor,
    )
    # Other extensions than our own have hooks that must run.
    short_way = None
    if set(extensions) <= {CostExtension}:
        short_way = ShortWay(core_schema(built), pipeline, executor, built.process_errors, tells_cost=bool(extensions))
    inherit_auth(built)
    verify_guarded(built)
    verify_deidentified(built)
    return built
