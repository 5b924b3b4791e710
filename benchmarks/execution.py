"""1,000 rows of 10 plain fields in process: what an operation costs beyond the database read, in the server's processor time.

A clock is stopped while the driver reads, and another while the use case does (policy, filter, driver, documents of rows): what
the first leaves is the execution beyond the read, what the second leaves is making the nodes and completing their fields.
Parsing, validation and rights are kept per document, and the trail is stored after the execution: they are in the whole only.
"""

import asyncio
import os
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import strawberry
import uvicorn
from pymongo.asynchronous.cursor import AsyncCursor
from starlette.applications import Starlette
from strawberry.extensions import SchemaExtension

from benchmarks.clinic import MeasuredClinic
from benchmarks.errors import BenchmarkError
from benchmarks.machine import pin
from benchmarks.progress import say
from ohms_graphql.app import create_app, limits_of
from ohms_graphql.error_policy import mask_unexpected_errors
from ohms_graphql.garbage import settle_garbage_collection
from ohms_graphql.graphql_endpoint import GraphQLEndpoint
from ohms_graphql.settings import Settings
from resolvers.appointments import find_appointments
from schema import build_schema
from schema.cost_extension import CostExtension

ROWS = 1000
_WARM_UP, _TIMES = 10, 30
_OPERATION = """
query Thousand($rows: Int!) {
  appointments(first: $rows) {
    nodes { id status start end until: end timeZone mode series confidentiality revision }
  }
}
"""
_WITH_SECRET = _OPERATION.replace("until: end", "reason")  # which is encrypted, each value by itself


@dataclass(frozen=True, slots=True)
class Execution:
    """Milliseconds of processor time, the middle of many operations. ``completing`` is a part of ``beyond_read``."""

    name: str
    whole: float
    beyond_read: float
    completing: float


@dataclass(frozen=True, slots=True)
class Executions:
    """As shipped, with graphql-core alone, and as shipped where one of the ten fields is encrypted."""

    shipped: Execution
    core: Execution
    with_secret: Execution


class _Stopwatch:
    """Processor time of the calls of some functions, between ``reset`` and now."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def reset(self) -> None:
        self.seconds = 0.0

    def around(self, called: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def timed(*arguments: Any, **named: Any) -> Any:
            began = time.process_time()
            try:
                return await called(*arguments, **named)
            finally:
                self.seconds += time.process_time() - began

        return timed


_EXECUTING = _Stopwatch()


class _ExecutionClock(SchemaExtension):
    async def on_execute(self) -> AsyncIterator[None]:
        began = time.process_time()
        yield
        _EXECUTING.seconds += time.process_time() - began


def thousand_rows(clinic: MeasuredClinic, core: int | None) -> Executions:
    """Raises BenchmarkError when there are fewer rows."""
    say(f"{ROWS:,} rows of 10 fields in process, {_TIMES} times ...")
    before = os.sched_getaffinity(0) if core is not None else set()
    if core is not None:
        pin(os.getpid(), core)
    settings = clinic.settings.model_copy(update={"max_page_size": ROWS, "max_query_cost": 1_000_000})
    app, endpoint = _made(settings)
    try:
        with asyncio.Runner(loop_factory=uvicorn.Config(app).get_loop_factory()) as loop:
            return loop.run(_measure(app, endpoint, clinic, settings))
    finally:
        if core is not None:
            os.sched_setaffinity(0, before)


def _made(settings: Settings) -> tuple[Starlette, GraphQLEndpoint]:
    """The application, and its endpoint for what opens the context of an operation."""
    made: list[GraphQLEndpoint] = []

    def endpoint(*arguments: Any, **named: Any) -> GraphQLEndpoint:
        made.append(GraphQLEndpoint(*arguments, **named))
        return made[0]

    with patch("ohms_graphql.app.GraphQLEndpoint", endpoint):
        return create_app(settings), made[0]


async def _measure(app: Starlette, endpoint: GraphQLEndpoint, clinic: MeasuredClinic, settings: Settings) -> Executions:
    ohms, core = (_schema(settings, inline=inline) for inline in (True, False))
    token = clinic.desk_token
    async with app.router.lifespan_context(app):
        settle_garbage_collection()
        return Executions(
            await _timed("OHMS", ohms, _OPERATION, endpoint, token),
            await _timed("graphql-core", core, _OPERATION, endpoint, token),
            await _timed("OHMS, one of the ten encrypted", ohms, _WITH_SECRET, endpoint, token),
        )


def _schema(settings: Settings, *, inline: bool) -> strawberry.Schema:
    return build_schema(
        limits_of(settings),
        extensions=[CostExtension, _ExecutionClock],
        error_policy=mask_unexpected_errors,
        inline_execution=inline,
    )


async def _timed(name: str, schema: strawberry.Schema, operation: str, endpoint: GraphQLEndpoint, token: str) -> Execution:
    reading, finding = _Stopwatch(), _Stopwatch()
    figures: list[tuple[float, float, float]] = []
    with ExitStack() as patches:
        patches.enter_context(patch.object(AsyncCursor, "to_list", reading.around(AsyncCursor.to_list)))
        patches.enter_context(patch("schema.appointment.queries.find_appointments", finding.around(find_appointments)))
        for _ in range(_WARM_UP + _TIMES):
            context = await endpoint.open_context(token, "")
            for watch in (_EXECUTING, reading, finding):
                watch.reset()
            began = time.process_time()
            result = await schema.execute(operation, variable_values={"rows": ROWS}, context_value=context)
            whole = time.process_time() - began
            if result.errors or not result.data or len(result.data["appointments"]["nodes"]) != ROWS:
                raise BenchmarkError(f"{ROWS} rows were asked for and not given, or with errors: {result.errors}")
            if not (reading.seconds and finding.seconds and _EXECUTING.seconds):
                raise BenchmarkError("The rows are read in a way that this measurement does not know.")
            executing = _EXECUTING.seconds
            figures.append((whole - reading.seconds, executing - reading.seconds, executing - finding.seconds))
    middle = [statistics.median(values) * 1e3 for values in zip(*figures[_WARM_UP:], strict=True)]
    return Execution(name, *middle)
