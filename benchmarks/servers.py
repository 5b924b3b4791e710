"""Starts the servers that are measured, each a process of its own, and ends them by their pid whatever happens."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.errors import BenchmarkError
from benchmarks.machine import pin
from ohms_graphql.settings import PREFIX

_START_SECONDS = 60.0
_END_SECONDS = 15.0
REPOSITORY = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Server:
    name: str
    pid: int
    port: int


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def served(name: str, module: Sequence[str], given: Mapping[str, str], core: int | None, log: Path) -> Iterator[Server]:
    """``python -m module... --port N`` with the ``OHMS_`` variables ``given`` and no others; ready when it takes connections.

    It is a session of its own, so that Ctrl-C reaches us alone, and we end it. Raises BenchmarkError when it does not start.
    """
    environment = {key: value for key, value in os.environ.items() if not key.startswith(PREFIX)} | dict(given)
    port = free_port()
    command = [sys.executable, "-m", *module, "--port", str(port)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=REPOSITORY,
            env=environment,
            stdout=output,
            stderr=output,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            pin(process.pid, core)
            _wait_until_it_listens(process, port, name, log)
            yield Server(name, process.pid, port)
        finally:
            end(process)


def end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait_until_it_listens(process: "subprocess.Popen[bytes]", port: int, name: str, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            last = log.read_text(errors="replace").strip().splitlines()[-1:]
            raise BenchmarkError(f"{name} ended with code {process.returncode} before it served: {' '.join(last)}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise BenchmarkError(f"{name} took no connection within {_START_SECONDS:.0f} seconds.")
