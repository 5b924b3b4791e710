"""Putting the scale clinic into a database, beside the demo clinic."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing import get_context
from os import cpu_count

from ohms_graphql.database import Database
from ohms_graphql.demo.load import load_demo
from ohms_graphql.demo.scale.indexes import without_indexes
from ohms_graphql.demo.scale.mark import ScaleMark
from ohms_graphql.demo.scale.server_memory import more_memory
from ohms_graphql.demo.scale.size import Size
from ohms_graphql.demo.scale.worker import open_worker, write_practice
from ohms_graphql.settings import Settings

Tell = Callable[[str, int, int], None]
"""What, how many are done, of how many, nearly."""


@dataclass
class ScaleSummary:
    """Documents written, by class; none when the clinic was there. ``loading`` and ``indexing`` are seconds."""

    written: Counter[str] = field(default_factory=Counter)
    loading: float = 0.0
    indexing: float = 0.0

    @property
    def per_second(self) -> tuple[float, float]:
        """Of the loading alone, and all in all."""
        number = self.written.total()
        return number / max(self.loading, 1e-3), number / max(self.loading + self.indexing, 1e-3)


async def load_scale(
    database: Database, settings: Settings, size: Size, anchor: datetime, tell: Tell, *, own_server: bool = False
) -> ScaleSummary:
    """Loads the demo first, where it is not there, then the large clinic; goes on with one whose loading was broken off.

    ``settings`` say where the workers find the same database; an ``own_server`` gets more memory for the time. Raises OhmsError
    where somebody's clinic is there, or another size.
    """
    await load_demo(database, anchor, lambda done, all_: tell("Loading the demo clinic", done, all_))
    mark = ScaleMark(database)
    begun = await mark.begin(size, anchor)
    summary = ScaleSummary()
    if begun.finished:
        return summary
    left = [number for number in range(size.practices) if number not in begun.practices]
    started = time.perf_counter()
    async with more_memory(database) if own_server else nullcontext(), without_indexes(database):
        try:
            await _write(settings, size, begun.anchor, left, summary, mark, tell)
        finally:
            summary.loading = time.perf_counter() - started
            tell("Building indexes", 0, 1)
    summary.indexing = time.perf_counter() - started - summary.loading
    tell("Building indexes", 1, 1)
    await mark.finish()
    return summary


async def _write(
    settings: Settings, size: Size, anchor: datetime, left: list[int], summary: ScaleSummary, mark: ScaleMark, tell: Tell
) -> None:
    """One process more than there are cores: while one waits for MongoDB, another computes."""
    workers = min((cpu_count() or 1) + 1, len(left))
    share = size.about // size.practices
    before = (size.practices - len(left)) * share

    async def one(pool: ProcessPoolExecutor, practice: int) -> None:
        summary.written += await asyncio.get_running_loop().run_in_executor(pool, write_practice, size, practice, anchor)
        await mark.practice_is_whole(practice)
        tell("Loading the large clinic", min(before + summary.written.total(), size.about), size.about)

    pool = ProcessPoolExecutor(max(workers, 1), get_context("spawn"), open_worker, (settings,))
    try:
        async with asyncio.TaskGroup() as writing:
            for practice in left:
                writing.create_task(one(pool, practice))
    except ExceptionGroup as group:
        raise group.exceptions[0] from None
    finally:
        pool.shutdown(cancel_futures=True)
