"""Work that is done again and again beside the requests, by every process of a deployment at once."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

_log = logging.getLogger(__name__)


@asynccontextmanager
async def every(seconds: float, name: str, work: Callable[[], Awaitable[object]]) -> AsyncIterator[None]:
    """Does ``work`` inside the block, ``seconds`` after it was last done. What fails is logged, and done again the next time.

    At the end the work under way is waited for, not cancelled: that would leave the driver in the middle of a transaction.
    """
    stopping = asyncio.Event()
    task = asyncio.create_task(_run(seconds, name, work, stopping))
    try:
        yield
    finally:
        stopping.set()
        await task


async def _run(seconds: float, name: str, work: Callable[[], Awaitable[object]], stopping: asyncio.Event) -> None:
    while not stopping.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), seconds)
            return
        try:
            await work()
        except Exception as error:  # noqa: BLE001  # whatever it was, the next round may go well
            # Not its text, which may quote a row.
            _log.warning("%s failed (%s); it is tried again in %g s", name, type(error).__name__, seconds)
