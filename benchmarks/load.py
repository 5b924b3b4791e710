"""Load from a process of its own: wrk where it is installed, else our own (benchmarks.load_process).

At a fixed rate (benchmarks.steady_process) it is always our own: wrk has no such thing.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import orjson

from benchmarks.asking import Request
from benchmarks.errors import BenchmarkError
from benchmarks.servers import REPOSITORY, end

_SCRIPT = Path(__file__).with_name("wrk_page.lua")
_PATIENCE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Load:
    """What the callers saw. Latencies in milliseconds; of a closed loop (each sends its next request when it has its answer) they
    count from the sending, of a steady load from when the request was due.
    """

    requests: int
    seconds: float
    p50: float
    p99: float
    failures: int
    bytes_per_answer: float

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds


def generator() -> str:
    """Which one is used."""
    return "wrk" if shutil.which("wrk") else "asyncio"


def put_load(request: Request, seconds: float, connections: int) -> Load:
    """Raises BenchmarkError when any answer failed: a figure of refusals would flatter."""
    wrk = shutil.which("wrk")
    if wrk:
        counted = [f"-c{connections}", "-t1", f"-d{max(1, round(seconds))}s"]
        command = [wrk, *counted, "--timeout", "20s", "-s", str(_SCRIPT), request.url]
    else:
        command = [sys.executable, "-m", "benchmarks.load_process", request.url, str(seconds), str(connections)]
    return _loaded(command, request, seconds)


def put_steady_load(request: Request, seconds: float, connections: int, per_second: float) -> Load:
    """Raises BenchmarkError when any answer failed or did not come."""
    counted = [str(seconds), str(connections), str(per_second)]
    return _loaded([sys.executable, "-m", "benchmarks.steady_process", request.url, *counted], request, seconds)


def _loaded(command: list[str], request: Request, seconds: float) -> Load:
    given = {"BENCH_METHOD": request.method, "BENCH_BODY": request.body.decode(), "BENCH_TOKEN": request.token}
    load = Load(**orjson.loads(_last_line(command, given, seconds + _PATIENCE_SECONDS)))
    if load.failures or not load.requests:
        raise BenchmarkError(f"{load.failures} of {load.requests} requests failed under load.")
    return load


def _last_line(command: list[str], given: dict[str, str], patience: float) -> bytes:
    process = subprocess.Popen(
        command,
        cwd=REPOSITORY,
        env={**os.environ, **given},
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=patience)
    except subprocess.TimeoutExpired:
        raise BenchmarkError(f"The load had not ended after {patience:.0f} seconds.") from None
    finally:
        if process.poll() is None:
            end(process)
    if process.returncode != 0:
        raise BenchmarkError(f"The load ended with code {process.returncode}.")
    return output.strip().splitlines()[-1]
