"""What is promised, beside what was measured: one line each, met or missed."""

from dataclasses import dataclass

from benchmarks.execution import Executions
from benchmarks.measurement import Measured, Steady

_LEAST_SHARE = 0.5
_MOST_EXECUTION = 5.0  # milliseconds
_MOST_SPREAD = 4.0
_IDLE, _LOADED = 150.0, 300.0  # MiB


@dataclass(frozen=True, slots=True)
class Target:
    name: str
    figure: str
    limit: str
    met: bool


@dataclass(frozen=True, slots=True)
class Memory:
    """Of the server's process, in MiB: after its start, after a few requests, and the most it held under load."""

    started: float
    asked: float
    loaded: float


def share_of(what: str, ours: Measured, best: Measured, than: str) -> Target:
    share = ours.per_second / best.per_second
    figure = f"{share:.1%} ({ours.per_second:,.0f} of {best.per_second:,.0f} a second)"
    return Target(f"{what}, as a share of {than}", figure, f">= {_LEAST_SHARE:.0%}", share >= _LEAST_SHARE)


def steadiness(steady: Steady) -> Target:
    figure = f"{steady.spread:.1f} x ({steady.p99:.1f} and {steady.p50:.1f} ms at {steady.per_second:,.0f} a second)"
    if not steady.held:
        figure = f"the rate was not held: {figure}"
    name = f"{steady.page}, p99 to p50 at {steady.share:.0%} of the most"
    return Target(name, figure, f"< {_MOST_SPREAD:g} x", steady.held and steady.spread < _MOST_SPREAD)


def execution_beyond_read(executions: Executions) -> Target:
    shipped, core, secret = executions.shipped, executions.core, executions.with_secret
    inner = f"{shipped.completing:.1f} of it from documents to data, {core.completing:.1f} by graphql-core"
    figure = f"{shipped.beyond_read:.1f} ms ({inner}; {secret.beyond_read:.1f} with an encrypted one of the ten)"
    name = "1,000 rows x 10 plain fields, execution beyond the read"
    return Target(name, figure, f"< {_MOST_EXECUTION:g} ms", shipped.beyond_read < _MOST_EXECUTION)


def memory(held: Memory) -> list[Target]:
    idle = max(held.started, held.asked)
    figure = f"{idle:.0f} MiB ({held.started:.0f} after the start, {held.asked:.0f} after a few requests)"
    return [
        Target("memory of an idle process", figure, f"< {_IDLE:.0f} MiB", idle < _IDLE),
        Target("memory under full load, the most", f"{held.loaded:.0f} MiB", f"< {_LOADED:.0f} MiB", held.loaded < _LOADED),
    ]


def listed(targets: list[Target]) -> str:
    """For people: what was promised, what was measured, and a mark."""
    named = max(len(target.name) for target in targets)
    limit = max(len(target.limit) for target in targets)
    lines = [
        f"{'met   ' if target.met else 'MISSED'}  {target.name:<{named}}  {target.limit:<{limit}}  {target.figure}"
        for target in targets
    ]
    missed = sum(not target.met for target in targets)
    return "\n".join([*lines, "", f"{len(targets) - missed} of {len(targets)} targets met."])
