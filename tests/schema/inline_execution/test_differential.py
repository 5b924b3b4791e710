"""Random operations on random schemas and data: see ``executions`` for what is the same.

3,000 executions here; `make soak` runs 100,000 (OHMS_SOAK=1).
"""

import asyncio
import os
from collections import Counter
from functools import lru_cache
from random import Random
from typing import Any

from graphql import DocumentNode, parse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.schema.inline_execution.executions import Inline, Plain, Seen, every_error, executed, inline_executor, null_places, settled
from tests.schema.inline_execution.random_data import Data, Source
from tests.schema.inline_execution.random_document import random_document, random_variables
from tests.schema.inline_execution.random_schema import World, random_world

SOAK = os.environ.get("OHMS_SOAK") == "1"
SCHEMAS = 60
OPERATIONS = 34_000 if SOAK else 1000
TIMES = 3
"""Each document is executed so often, with other variables and other data: plans are kept by document."""


@lru_cache
def world_of(number: int) -> tuple[World, type[Inline]]:
    return random_world(number), inline_executor()


class Tally(Counter[str]):
    pass


async def compare(number: int, seed: int, tally: Counter[str]) -> None:
    world, inline = world_of(number)
    random = Random(seed)
    text = random_document(world.schema, random)
    document = parse(text)
    wild = random.choice([0.0, 0.0, 0.0, 0.01, 0.03, 0.1])
    cases = [(random_variables(random, wild), Source(world, random, wild).data()) for _ in range(TIMES)]
    running = asyncio.all_tasks()
    expected = [await executed(world, document, variables, data, Plain) for variables, data in cases]
    together = random.random() < 0.3
    if together:
        got = await asyncio.gather(*(executed(world, document, variables, data, inline) for variables, data in cases))
    else:
        got = [await executed(world, document, variables, data, inline) for variables, data in cases]
    await settled(running)
    for (variables, data), one, other in zip(cases, expected, got, strict=True):
        told = f"schema {number}, seed {seed}, variables {variables}:\n{text}"
        await same(one, other, world, document, variables, data, told, tally)


async def same(
    one: Seen, other: Seen, world: World, document: DocumentNode, variables: dict[str, Any], data: Data, told: str, tally: Counter[str]
) -> None:
    assert other.data == one.data, f"{told}\n{one.data!r}\n{other.data!r}"
    assert other.context.waited >= one.context.waited, told  # an empty list of rows with relations waits for nothing
    tally["cases"] += 1
    tally["with errors"] += bool(one.errors)
    tally["waited"] += one.context.waited
    tally["inlined"] += other.context.inlined > other.context.fallbacks
    tally["fell back"] += other.context.fallbacks > 0
    if one.shown == other.shown:
        tally["exact"] += 1
        assert other.context.calls == one.context.calls, told
    else:
        assert one.context.waited, told
        assert [*map(str, other.context.early)] == [*map(str, one.context.early)], told
        assert null_places(other) == null_places(one), told
        possible = await every_error(world, document, variables, data)
        assert set(other.shown) <= set(possible), told
    tally["more batches"] += other.batches > one.batches
    tally["fewer batches"] += other.batches < one.batches
