"""Rows by id, read for many operations at once.

Under load many operations ask at the same time for the same few rows, which would be a command for each. Instead one read is
under way at a time, and who comes meanwhile waits for the next: nobody is told of a state from before they asked.
"""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Generic, TypeVar

R = TypeVar("R")

PATIENCE_SECONDS = 0.25
"""A read that takes longer holds nobody else up: perhaps its connection hangs."""
_MOST_AT_ONCE = 500
_QUIET_TURNS = 4


class GatheredReads(Generic[R]):
    """One for a process and its event loop. ``read`` gives of the rows asked for those that there are, by id.

    It is called in a context of its own, for it is no operation's in particular.
    """

    def __init__(self, read: Callable[[Collection[str]], Awaitable[Mapping[str, R]]]) -> None:
        self._read_rows = read
        self._waiting: list[tuple[Collection[str], asyncio.Future[Mapping[str, R]]]] = []
        self._begun = False
        self._quiet_turns = 1
        self._under_way: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def find(self, ids: Collection[str]) -> Mapping[str, R]:
        """These rows, and perhaps others that were read with them. Raises what the read raised."""
        loop = asyncio.get_running_loop()
        found: asyncio.Future[Mapping[str, R]] = loop.create_future()
        self._waiting.append((ids, found))
        if not self._begun:
            self._begun = True
            loop.call_soon(self._gather, 0, 0)
        return await found

    def _gather(self, before: int, quiet: int) -> None:
        """Begins the next read when nobody has come for a turn of the loop, under load for a few: so more share it."""
        count = len(self._waiting)
        quiet = quiet + 1 if count == before else 0
        if quiet < self._quiet_turns and count < _MOST_AT_ONCE:
            asyncio.get_running_loop().call_soon(self._gather, count, quiet)
        else:
            self._quiet_turns = _QUIET_TURNS if count > 1 else 1
            self._begin()

    def _begin(self) -> None:
        waiting, self._waiting = self._waiting, []
        loop = asyncio.get_running_loop()
        task = self._under_way = loop.create_task(self._read(waiting), context=contextvars.Context())
        self._tasks.add(task)
        impatience = loop.call_later(PATIENCE_SECONDS, self._go_on, task)
        task.add_done_callback(lambda _: impatience.cancel())
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(self._go_on)

    def _go_on(self, task: "asyncio.Task[None]") -> None:
        if self._under_way is task:
            self._under_way = None
            self._begun = bool(self._waiting)
            if self._begun:
                self._gather(0, 0)

    async def _read(self, waiting: list[tuple[Collection[str], "asyncio.Future[Mapping[str, R]]"]]) -> None:
        try:
            rows = await self._read_rows({row_id for ids, _ in waiting for row_id in ids})
        except BaseException as error:
            for _, found in waiting:
                if not found.done():
                    found.set_exception(error if isinstance(error, Exception) else ConnectionError("The read was ended."))
            if not isinstance(error, Exception):
                raise
            return
        for _, found in waiting:
            if not found.done():  # who left does not wait
                found.set_result(rows)
