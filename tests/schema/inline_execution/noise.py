"""What is said where nobody hears it: coroutines that were never awaited, and errors of futures that nobody looked at."""

import asyncio
import gc
import sys
import warnings
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self


class Noise:
    """Hears it while it is entered. ``so_far`` has what came since it was asked last, each kind once."""

    def __init__(self) -> None:
        self._heard: set[str] = set()
        self._hook: Callable[[Any], Any] = sys.unraisablehook
        self._warnings = warnings.catch_warnings()

    def __enter__(self) -> Self:
        self._hook, sys.unraisablehook = sys.unraisablehook, lambda told: self._heard.add(str(told.exc_value))
        asyncio.get_running_loop().set_exception_handler(lambda _, told: self._heard.add(_line(told)))
        self._warnings.__enter__()
        gc.freeze()  # collecting is for what is made in between
        warnings.simplefilter("error")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        gc.unfreeze()
        self._warnings.__exit__(kind, error, traceback)
        sys.unraisablehook = self._hook
        asyncio.get_running_loop().set_exception_handler(None)

    async def so_far(self, *, thorough: bool) -> set[str]:
        """``thorough``: errors hold on to frames, and those to futures, until they are collected."""
        await asyncio.sleep(0)  # the loop holds on to what it has just done
        if thorough:
            gc.collect()
        heard, self._heard = self._heard, set()
        return {_told_alike(line) for line in heard}


_IN_THE_PLACE_OF = {
    "_in_order_later": "Executor.execute_fields.<locals>.get_results",
    "InlineExecutor._loaded_list": "Executor.complete_iterable_value.<locals>.get_completed_results",
    "DirectExecutor._completed_later": "Executor.execute_field.<locals>.await_completed",
    # Resolvers that are called at once, and what Strawberry puts around them.
    "_async.<locals>.method": "GraphQLCoreConverter.from_resolver.<locals>._async_resolver",
    "_async_argued.<locals>.method": "GraphQLCoreConverter.from_resolver.<locals>._async_resolver",
}
"""Our coroutines, and those of graphql-core that a task which is cancelled before it begins would leave in the same way."""


def _told_alike(line: str) -> str:
    for ours, theirs in _IN_THE_PLACE_OF.items():
        line = line.replace(f"'{ours}'", f"'{theirs}'")
    return line


def _line(told: dict[str, Any]) -> str:
    return f"{told['message']} {told.get('exception')}"
