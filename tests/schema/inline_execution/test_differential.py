"""Random operations on random schemas and data: ``executions`` says what is the same.

3,000 executions here, the same each time; `make soak` runs 100,000 others (OHMS_SOAK=1). A failure names its seed, which gives it
again. Not compared: loaders that fail the batches of some keys as a whole, and not those of others. Which keys share such a fate
goes by the turn in which they are asked for, and those turns are not graphql-core's. Here a loader fails all batches or none.
"""

import asyncio
import os
from collections import Counter
from random import Random

from graphql import parse, validate
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.schema.inline_execution.comparison import SCHEMAS, TIMES, compare
from tests.schema.inline_execution.random_document import random_document
from tests.schema.inline_execution.random_schema import random_world

SOAK = os.environ.get("OHMS_SOAK") == "1"
EXECUTIONS = 100_000 if SOAK else 3000


def test_operations_are_valid() -> None:
    for number in range(SCHEMAS):
        schema = random_world(number).schema
        for seed in range(3):
            text = random_document(schema, Random(seed))
            assert validate(schema, parse(text)) == [], text


def test_answers_are_those_of_graphql_core() -> None:
    tally: Counter[str] = Counter()

    @settings(
        max_examples=EXECUTIONS // TIMES + 1,
        derandomize=not SOAK,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.integers(0, 2**64 - 1))
    def answers_are_the_same(seed: int) -> None:
        runner.run(compare(seed, tally))

    with asyncio.Runner() as runner:
        answers_are_the_same()
    _is_about_something(tally)


def _is_about_something(tally: Counter[str]) -> None:
    """Most executions are inline, many fall back, many wait and fail; and nearly all are the same in everything."""
    executions = tally["executions"]
    assert executions >= EXECUTIONS
    shares = {name: count / executions for name, count in tally.items()}
    assert shares["inlined"] > 0.5, tally
    assert shares["fell back"] > 0.07, tally
    assert shares["waited"] > 0.15, tally
    assert shares["waited and failed"] > 0.05, tally
    assert shares["exact"] > 0.995, tally
    assert tally["cancelled otherwise"] / executions < 0.0005, tally
    assert tally["batches"] <= 1.02 * tally["graphql-core's batches"], tally
