"""One server, one page: warmed up, then loaded, then asked alone."""

import statistics
from dataclasses import dataclass

from benchmarks.asking import Request, ask
from benchmarks.clinic import MeasuredClinic
from benchmarks.errors import BenchmarkError
from benchmarks.load import put_load, put_steady_load
from benchmarks.machine import cpu_seconds, resident_mebibytes
from benchmarks.progress import say
from benchmarks.servers import Server

WARM_UP_SECONDS = 2.0
_ALONE_SECONDS = 3.0
_STEADY_SECONDS = 8.0
_STEADY_RUNS = 3
_STEADY_SHARE = 0.8
_ROUNDS = 7
_HEAD_ALLOWANCE = 1_000  # bytes of headers


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """``p50`` and ``p99`` in milliseconds with all connections busy, ``alone`` the p50 of one caller alone.

    ``cpu_milliseconds`` is the server's processor time for one page; other work on the machine stretches every other figure more.
    ``busy`` is the share of the run that the server spent computing: well under 1, something else was the brake.
    """

    server: str
    per_second: float
    p50: float
    p99: float
    alone: float
    cpu_milliseconds: float | None
    busy: float | None
    commands: int
    answer_bytes: int
    memory_mebibytes: float


def measure(server: Server, request: Request, clinic: MeasuredClinic, seconds: float, connections: int) -> Measured:
    """Raises BenchmarkError when what came back under load is not what was compared."""
    say(
        f"  {server.name}: {WARM_UP_SECONDS:.0f} s to warm up, {seconds:.0f} s with {connections} connections, then one alone ..."
    )
    put_load(request, WARM_UP_SECONDS, connections)
    size = len(ask(request))
    before = cpu_seconds(server.pid)
    loaded = put_load(request, seconds, connections)
    after = cpu_seconds(server.pid)
    if not size <= loaded.bytes_per_answer <= size + _HEAD_ALLOWANCE:
        raise BenchmarkError(f"{server.name} gave other answers under load than before it.")
    used = None if before is None or after is None else after - before
    alone = put_load(request, min(_ALONE_SECONDS, seconds), 1)
    return Measured(
        server=server.name,
        per_second=loaded.per_second,
        p50=loaded.p50,
        p99=loaded.p99,
        alone=alone.p50,
        cpu_milliseconds=None if used is None else used / loaded.requests * 1e3,
        busy=None if used is None else used / loaded.seconds,
        commands=commands_of(request, clinic),
        answer_bytes=size,
        memory_mebibytes=resident_mebibytes(server.pid),
    )


@dataclass(frozen=True, slots=True)
class Steady:
    """Latencies in milliseconds at ``share`` of the highest throughput, with requests due at a fixed rate.

    Of several runs the one whose spread is in the middle: what else the machine does (a slow disk, a core that slows down) spoils
    single ones.

    ``busiest`` is the p50 with all connections busy: at a lower rate the p50 is less, unless the rate could not be held. Then
    requests pile up, all latencies grow alike and their spread says nothing.
    """

    page: str
    per_second: float
    share: float
    p50: float
    p99: float
    busiest: float

    @property
    def held(self) -> bool:
        return self.p50 < self.busiest

    @property
    def spread(self) -> float:
        return self.p99 / self.p50


def measure_steady(server: Server, request: Request, page: str, highest: Measured, connections: int) -> Steady:
    """``highest`` is what was just measured with as many connections, all of them busy."""
    rate = highest.per_second * _STEADY_SHARE
    say(
        f"  {server.name}: {_STEADY_RUNS} times {_STEADY_SECONDS:.0f} s with {rate:.0f} requests a second, "
        f"{_STEADY_SHARE:.0%} of the most ..."
    )
    put_steady_load(request, WARM_UP_SECONDS, connections, rate)
    runs = [put_steady_load(request, _STEADY_SECONDS, connections, rate) for _ in range(_STEADY_RUNS)]
    middle = sorted(runs, key=lambda run: run.p99 / run.p50)[_STEADY_RUNS // 2]
    return Steady(page, rate, _STEADY_SHARE, middle.p50, middle.p99, highest.p50)


@dataclass(frozen=True, slots=True)
class Cost:
    """What something costs, as shares of the server's that has it: the middle of several rounds.

    ``time`` is by pages per second, with what MongoDB has to do for it; ``cpu`` by the server's processor time alone.
    """

    time: float
    cpu: float | None
    least: float
    most: float


def cost(whole: tuple[Server, Request], without: tuple[Server, Request], seconds: float, connections: int) -> Cost:
    """Both in turns: what the machine does beside slows both alike, while two long runs differ by more than the cost."""
    say(f"  {whole[0].name} and {without[0].name} in turns, {_ROUNDS} times {seconds / 2:.1f} s each ...")
    times, cpus = [], []
    for turn in range(_ROUNDS):
        order = (whole, without) if turn % 2 == 0 else (without, whole)
        taken = {server.name: _burst(server, request, seconds / 2, connections) for server, request in order}
        (with_time, with_cpu), (without_time, without_cpu) = taken[whole[0].name], taken[without[0].name]
        times.append(1 - without_time / with_time)
        if with_cpu and without_cpu is not None:
            cpus.append(1 - without_cpu / with_cpu)
    return Cost(statistics.median(times), statistics.median(cpus) if cpus else None, min(times), max(times))


def _burst(server: Server, request: Request, seconds: float, connections: int) -> tuple[float, float | None]:
    """Seconds and processor seconds for one page."""
    before = cpu_seconds(server.pid)
    loaded = put_load(request, seconds, connections)
    after = cpu_seconds(server.pid)
    used = None if before is None or after is None else (after - before) / loaded.requests
    return 1 / loaded.per_second, used


def commands_of(request: Request, clinic: MeasuredClinic) -> int:
    """Database commands for one page, counted by MongoDB; the least of three, since MongoDB itself may read meanwhile."""
    counts = []
    for _ in range(3):
        before = clinic.reads()
        ask(request)
        counts.append(clinic.reads() - before)
    return min(counts)
