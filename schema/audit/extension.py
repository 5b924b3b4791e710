"""Nothing is answered before its entries in the audit trail are stored: hooks at its end, and before each event."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from graphql import GraphQLError
from strawberry.extensions import SchemaExtension

from resolvers.audit.log import AuditUnavailable
from resolvers.audit.settling import settle
from resolvers.context import RequestContext
from resolvers.errors import ExpectedError

_REFUSALS = frozenset({"FORBIDDEN", "UNAUTHENTICATED"})


class AuditExtension(SchemaExtension):
    """The outermost of all: it sees what the others did."""

    async def on_operation(self) -> AsyncIterator[None]:
        """For ``Schema.execute``: an error raised here takes the place of the answer."""
        self._streams = False
        yield
        if not self._streams:
            await self._settle()

    async def on_stream_result(self, result: Any) -> AsyncIterator[None]:
        """For ``Schema.stream``, before each event is sent: what cannot be written down is taken out of it."""
        self._streams = True
        try:
            await self._settle()
        except AuditUnavailable as unavailable:
            result.data = None
            error = GraphQLError(unavailable.message, original_error=unavailable, extensions={"code": unavailable.code})
            result.errors = [error]
        yield

    async def _settle(self) -> None:
        execution = self.execution_context
        if execution.context is not None:
            await settle_operation(execution.context, execution.pre_execution_errors)
            execution.pre_execution_errors = None


async def settle_operation(context: RequestContext, errors: Sequence[GraphQLError] | None) -> None:
    """Stores the entries of what was seen, changed and, by these errors, refused. Raises AuditUnavailable."""
    refused = [_coordinate(error) for error in errors or ()]
    await settle(context, [coordinate for coordinate in refused if coordinate is not None])


def _coordinate(error: GraphQLError) -> str | None:
    """What was refused, if the error is a refusal: by the roles before execution, or by a use case at a field."""
    extensions = error.extensions or {}
    original = error.original_error
    code = original.code if isinstance(original, ExpectedError) else extensions.get("code")
    if code not in _REFUSALS:
        return None
    path = [key for key in error.path or () if isinstance(key, str)]
    return str(extensions.get("coordinate") or ".".join(path))
