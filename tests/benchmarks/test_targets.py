"""A target is met only by what was promised; a rate that was not held meets nothing."""

from typing import Any

import pytest

from benchmarks.execution import Execution, Executions
from benchmarks.measurement import Measured, Steady
from benchmarks.targets import Memory, execution_beyond_read, listed, memory, share_of, steadiness


def _measured(per_second: float) -> Measured:
    rest: dict[str, Any] = dict.fromkeys(Measured.__slots__, 1)
    return Measured(**{**rest, "per_second": per_second})


@pytest.mark.parametrize(("ours", "met"), [(50.0, True), (49.9, False)])
def test_half_of_the_ceiling_is_enough(ours: float, met: bool) -> None:
    assert share_of("page", _measured(ours), _measured(100.0), "the ceiling").met is met


@pytest.mark.parametrize(
    ("p50", "p99", "met"),
    [(10.0, 39.0, True), (10.0, 40.0, False), (21.0, 22.0, False)],
    ids=["steady", "spread out", "piled up"],
)
def test_latencies_lie_close_together_at_a_rate_that_is_held(p50: float, p99: float, met: bool) -> None:
    assert steadiness(Steady("page", 80.0, 0.8, p50, p99, busiest=20.0)).met is met


def test_execution_counts_all_beyond_the_read() -> None:
    core, secret = Execution("graphql-core", 60.0, 50.0, 40.0), Execution("with a secret", 11.0, 6.2, 3.0)
    assert execution_beyond_read(Executions(Execution("OHMS", 9.0, 4.9, 3.0), core, secret)).met
    missed = execution_beyond_read(Executions(Execution("OHMS", 9.0, 5.0, 1.0), core, secret))
    assert not missed.met
    inner = "1.0 of it from documents to data, 40.0 by graphql-core; 6.2 with an encrypted one of the ten"
    assert missed.figure == f"5.0 ms ({inner})"


def test_an_idle_process_is_judged_by_the_most_it_held() -> None:
    assert [target.met for target in memory(Memory(120.0, 149.0, 299.0))] == [True, True]
    assert [target.met for target in memory(Memory(151.0, 120.0, 300.0))] == [False, False]


def test_the_list_marks_what_was_missed() -> None:
    lines = listed(memory(Memory(120.0, 130.0, 310.0))).splitlines()
    assert [line.split()[0] for line in lines if line] == ["met", "MISSED", "1"]
    assert lines[-1] == "1 of 2 targets met."
