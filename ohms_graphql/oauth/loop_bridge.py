"""From the worker thread that Authlib's synchronous core runs in, back to the event loop for the database."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

_LONGEST_SECONDS = 30


class LoopBridge:
    """Made on the loop; ``wait`` is called in a thread, ``beside`` on the loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of ``work``, which runs on the loop. Raises what it raises."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_LONGEST_SECONDS)

    async def beside(self, work: Callable[[], T]) -> T:
        """Runs synchronous work in a thread."""
        return await asyncio.to_thread(work)
