"""What a request costs beside another one, asked in turns by one caller: processor time, of both servers, and latency."""

import http.client
import statistics
import time
from dataclasses import dataclass

from benchmarks.asking import Request
from benchmarks.errors import BenchmarkError
from benchmarks.machine import cpu_seconds
from benchmarks.servers import Server

_WARM_UP = 30


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to a server."""

    server: Server
    request: Request


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds for one request: p50 alone, processor time of OHMS and of MongoDB."""

    alone: float
    cpu: float
    mongod: float


def costs_in_turns(left: Asked, right: Asked, mongod: int, rounds: int, times: int) -> tuple[Cost, Cost]:
    """Both in turns, so that what the machine does beside slows both alike. Raises BenchmarkError for a refusal."""
    sides = (left, right)
    for side in sides:
        _burst(side, mongod, _WARM_UP)
    bursts: dict[int, list[Cost]] = {0: [], 1: []}
    for turn in range(rounds):
        for index in (0, 1) if turn % 2 == 0 else (1, 0):
            bursts[index].append(_burst(sides[index], mongod, times))
    first, second = (_middle(bursts[index]) for index in (0, 1))
    return first, second


def _burst(side: Asked, mongod: int, times: int) -> Cost:
    connection = http.client.HTTPConnection("127.0.0.1", side.request.port, timeout=60)
    taken = []
    before = _used(side.server.pid), _used(mongod)
    try:
        for _ in range(times):
            begun = time.perf_counter()
            connection.request(side.request.method, side.request.path, side.request.body or None, side.request.headers)
            answer = connection.getresponse()
            body = answer.read()
            taken.append((time.perf_counter() - begun) * 1e3)
            if answer.status != 200 or b'"errors"' in body[:20]:
                raise BenchmarkError(f"{side.server.name} refuses: {body[:300]!r}")
    finally:
        connection.close()
    cpu, mongo = ((now - then) / times * 1e3 for now, then in zip((_used(side.server.pid), _used(mongod)), before, strict=True))
    return Cost(statistics.median(taken), cpu, mongo)


def _used(pid: int) -> float:
    return cpu_seconds(pid) or 0.0


def _middle(costs: list[Cost]) -> Cost:
    """Latency from the middle one; of processor time the mean, for the system counts it in steps that a single burst feels."""
    return Cost(
        statistics.median(one.alone for one in costs),
        statistics.fmean(one.cpu for one in costs),
        statistics.fmean(one.mongod for one in costs),
    )
