"""One operation, executed by both, with several variables and data one after the other or at the same time."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any

from graphql import parse

from tests.schema.inline_execution.executions import (
    WAYS,
    Inline,
    Operation,
    Plain,
    Seen,
    every_error,
    executed,
    inline_executor,
    null_places,
    settled,
)
from tests.schema.inline_execution.noise import Noise
from tests.schema.inline_execution.random_data import Data, Source
from tests.schema.inline_execution.random_document import random_document, random_variables
from tests.schema.inline_execution.random_schema import World, random_world

SCHEMAS = 60
TIMES = 3
"""Each document is executed so often, with other variables and other data: plans are kept by document."""

_WILD = [0.0, 0.0, 0.01, 0.03, 0.1, 0.2]


@lru_cache(maxsize=SCHEMAS)
def world_of(number: int) -> tuple[World, type[Inline]]:
    return random_world(number), inline_executor()


@dataclass(frozen=True)
class Case:
    operation: Operation
    variables: dict[str, Any]
    data: Data
    told: str

    async def executed(self, executor: Any, way: str = "none") -> Seen:
        return await executed(self.operation, self.variables, self.data, executor, way)

    async def possible_errors(self) -> list[Any]:
        return await every_error(self.operation, self.variables, self.data)


async def compare(seed: int, tally: Counter[str]) -> None:
    world, inline = world_of(seed % SCHEMAS)
    random = Random(seed)
    cases: list[Case] = list(_cases(world, random, f"seed {seed}"))
    running = asyncio.all_tasks()
    with Noise() as noise:
        expected = [await case.executed(Plain) for case in cases]
        await settled(running)
        usual = await _heard(noise, cases, expected)
        way = random.choices(WAYS, [4, 4, 1, 4])[0]
        if random.random() < 0.3:
            got = list(await asyncio.gather(*(case.executed(inline, way) for case in cases)))
        else:
            got = [await case.executed(inline, way) for case in cases]
        await settled(running)
        more = await _heard(noise, cases, got) - usual
        if more and any(run.errors and run.context.waited for run in expected):
            # Which of the others are cancelled before they begin goes by turns, too: what they were to await never is.
            tally["cancelled otherwise"] += 1
            more = {line for line in more if not line.endswith("was never awaited")}
        assert not more, f"{more}\n{cases[0].told}"
        for case, one, other in zip(cases, expected, got, strict=True):
            await _same(case, one, other, tally)
        await settled(running)
        await _heard(noise, cases, got)  # of those that told every error


def _cases(world: World, random: Random, told: str) -> Any:
    text = random_document(world.schema, random)
    operation = Operation(world.schema, parse(text))
    wild = random.choice(_WILD)
    for _ in range(TIMES):
        variables = random_variables(random, wild)
        yield Case(operation, variables, Source(world, random, wild).data(), f"{told}, variables {variables}:\n{text}")


async def _heard(noise: Noise, cases: list[Case], runs: list[Seen]) -> set[str]:
    for case, run in zip(cases, runs, strict=True):
        run.forget_tables()
        case.data.forget_frames()
    return await noise.so_far(thorough=any(run.errors for run in runs))


async def _same(case: Case, one: Seen, other: Seen, tally: Counter[str]) -> None:
    told, context = case.told, other.context
    assert other.data == one.data, f"{told}\n{one.data!r}\n{other.data!r}"
    assert context.waited >= one.context.waited, told  # rows of which none has what its relations need are waited for, too
    early = one.context.early
    if case.operation.is_mutation and context.waited > one.context.waited:
        early = early[: len(context.early)]  # its fields wait for each other
    assert context.early == early, told
    assert not one.loads_twice, told
    assert not other.loads_twice, told
    if other.errors == one.errors:
        tally["exact"] += 1
        assert context.calls == one.context.calls, told
        if not one.errors:
            assert other.loaded == one.loaded, told
    else:
        assert one.context.waited, told
        assert null_places(other) == null_places(one), told
        assert set(other.errors) <= set(await case.possible_errors()), told
    tally["executions"] += 1
    tally["waited"] += one.context.waited
    tally["failed"] += bool(one.errors)
    tally["waited and failed"] += one.context.waited and bool(one.errors)
    tally["inlined"] += context.inlined > context.fallbacks
    tally["fell back"] += context.fallbacks > 0
    tally["batches"] += other.batches
    tally["graphql-core's batches"] += one.batches
