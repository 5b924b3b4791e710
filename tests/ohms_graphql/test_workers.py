"""Several processes on one port: begun, watched, replaced, and ended with their parent."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest

PATIENCE_SECONDS = 60


@contextmanager
def toy(folder: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.ohms_graphql.toy_workers", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()  # its pid
            yield process
        finally:
            process.kill()


def served(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    return int(process.stdout.readline())


def answered_by(port: int) -> int:
    with closing(HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)) as connection:
        connection.request("GET", "/")
        return int(connection.getresponse().read())


def until(what: Callable[[], object], told: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not what():
        assert time.monotonic() < deadline, told
        time.sleep(0.05)


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return not Path(f"/proc/{pid}/stat").exists() or Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"


def workers_of(port: int) -> set[int]:
    """Both. Which one takes a connection is the system's choice: asked until each has."""
    seen: set[int] = set()

    def both() -> bool:
        seen.update({answered_by(port) for _ in range(10)})
        return len({pid for pid in seen if lives(pid)}) == 2

    until(both, f"only {seen} answered")
    return {pid for pid in seen if lives(pid)}


@pytest.mark.parametrize(("sign", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_all_serve_on_one_port_and_end_in_order_with_their_parent(tmp_path: Path, sign: signal.Signals, code: int) -> None:
    with toy(tmp_path) as process:
        workers = workers_of(served(process))
        assert process.pid not in workers
        process.send_signal(sign)
        _, log = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == code
    assert {path.name for path in tmp_path.iterdir()} == {f"{pid}.closed" for pid in workers}
    assert not any(lives(pid) for pid in workers)
    assert "Traceback" not in log


def test_one_that_dies_is_replaced(tmp_path: Path) -> None:
    with toy(tmp_path) as process:
        port = served(process)
        first = workers_of(port)
        gone = min(first)
        os.kill(gone, signal.SIGKILL)
        # Those whom the system gives to the place wait for the next worker.
        until(lambda: answered_by(port) not in first, "nobody took the place")
        assert workers_of(port) & first == first - {gone}
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=PATIENCE_SECONDS)
    lines = [json.loads(line) for line in log.splitlines()]
    assert [line["message"] for line in lines if line["logger"] == "ohms_graphql.workers"] == [
        "a worker is gone (it ended with code -9); another takes its place"
    ]


def test_a_parent_that_is_killed_leaves_none_behind(tmp_path: Path) -> None:
    with toy(tmp_path) as process:
        workers = workers_of(served(process))
        process.kill()
        until(lambda: not any(map(lives, workers)), "workers outlived their parent")


def test_why_the_first_do_not_start_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "broken").touch()
    with toy(tmp_path) as process:
        _, log = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 1
    assert log.splitlines()[-1] == "ohms: No MongoDB server answers at OHMS_MONGODB_URL."
    assert "Traceback" not in log
