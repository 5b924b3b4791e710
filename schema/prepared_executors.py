"""Executors of known operations: made once, and copied for each request.

To make one, graphql-core goes through the whole document. All that a request brings is who asks, and with which variables.
"""

from typing import Any, Generic, TypeVar

from graphql import Executor, GraphQLError, GraphQLSchema
from graphql.execution.executor import CollectedErrors
from graphql.execution.values import VariableValues, get_variable_values
from graphql.pyutils import RefMap

OF_A_REQUEST = frozenset(
    {
        "_relevant_sub_fields",
        "_stream_usages",
        "async_helpers",
        "background_futures",
        "collected_errors",
        "context_value",
        "pending_incremental_futures",
        "variable_values",
    }
)
"""What no two requests may share of an executor. ``async_helpers`` refer to their executor, and are made when asked for."""

_MOST_ERRORS = 50
"""graphql-core's, of variables."""


E = TypeVar("E", bound=Executor[Any])


class PreparedExecutor(Generic[E]):
    """Of one operation. ``made`` has not run yet."""

    def __init__(self, made: E) -> None:
        self._class = type(made)
        self._schema: GraphQLSchema = made.schema
        self._variables = made.operation.variable_definitions or ()
        self._without_variables = None if self._variables else made.variable_values
        self._lasting = {name: value for name, value in vars(made).items() if name not in OF_A_REQUEST}

    def executor(self, context: Any, given: dict[str, Any] | None) -> E | list[GraphQLError]:
        """For one request; errors where the variables are not what they should be."""
        variables = self._without_variables
        if variables is None:
            read = get_variable_values(self._schema, self._variables, given or {}, max_errors=_MOST_ERRORS)
            if isinstance(read, list):
                return read
            variables = read
        return self._copy(context, variables)

    def _copy(self, context: Any, variables: VariableValues) -> E:
        copied = self._class.__new__(self._class)
        own = vars(copied)
        own.update(self._lasting)
        own["context_value"] = context
        own["variable_values"] = variables
        own["collected_errors"] = CollectedErrors()
        own["pending_incremental_futures"] = set()
        own["background_futures"] = set()
        own["_relevant_sub_fields"] = {}
        own["_stream_usages"] = RefMap()
        return copied
