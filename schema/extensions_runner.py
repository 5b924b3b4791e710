"""Strawberry's runner of extensions, without what it does anew for each event of a subscription."""

from typing import Any

from strawberry.extensions.context import StreamResultContextManager
from strawberry.extensions.runner import SchemaExtensionsRunner
from strawberry.types import ExecutionContext
from strawberry.types.execution import StreamExecutionResult


class ExtensionsRunner(SchemaExtensionsRunner):
    """Of one operation, whose results come one after the other."""

    _around_results: StreamResultContextManager | None = None

    def on_stream_result(self, result: StreamExecutionResult) -> StreamResultContextManager:
        """Looks for the hooks once: wrapping them costs more than running them."""
        if self._around_results is None:
            self._around_results = StreamResultContextManager(self.extensions, result)
        self._around_results.result = result
        return self._around_results

    async def get_extensions_results(self, ctx: ExecutionContext) -> dict[str, Any]:
        """None of ours waits for its results."""
        return {**self.get_extensions_results_sync(), **ctx.extensions_results}

    def get_extensions_results_sync(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for extension in self.extensions:
            found.update(extension.get_results())  # type: ignore[arg-type]  # see above
        return found
