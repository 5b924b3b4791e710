"""One mongod on one folder: starts it, finds it, stops it.

mongod holds a lock on ``mongod.lock`` in its data folder, with its process id inside, for as long as it lives. That lock, and no
file of ours, says whether a server runs: it is right after a crash, a reboot or a deleted state file.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ohms_graphql.errors import OhmsError
from ohms_graphql.file_lock import is_held
from ohms_graphql.mongod_binary import find_mongod, why_it_cannot_run
from ohms_graphql.mongod_replica_set import REPLICA_SET

STOP_SECONDS = 20.0
_LOG_LIMIT_BYTES = 10_000_000
_LITTLE_SPACE_BYTES = 500_000_000  # the journal alone takes 300 MB
_LAST_BREATH_SECONDS = 2.0
_ADDRESS_IN_USE = 48  # mongod's exit code


@dataclass(frozen=True, slots=True)
class RunningMongod:
    pid: int
    port: int


def running_mongod(files: Path) -> RunningMongod | None:
    """The server that has ``files`` open. Raises OhmsError when it is none that OHMS started."""
    lock = files / "mongod.lock"
    deadline = time.monotonic() + _LAST_BREATH_SECONDS
    while is_held(lock):
        written = lock.read_text().strip()
        pid = int(written) if written.isdigit() else 0
        options = _command_line(pid)
        port = _value_of("--port", options)
        if port is not None and _value_of("--dbpath", options) == str(files) and _value_of("--replSet", options) == REPLICA_SET:
            return RunningMongod(pid=pid, port=int(port))
        if options or time.monotonic() > deadline:
            raise OhmsError(
                f"The data in {files} are in use by a MongoDB server that OHMS did not start (process {pid}): stop it."
            )
        time.sleep(0.01)  # a process that is being killed loses its words before its locks
    return None


def start_mongod(files: Path, log: Path, preferred_port: int | None) -> RunningMongod:
    """Starts a server on loopback, on the preferred port when that is free, and returns when it takes connections.

    It belongs to no terminal: a Ctrl-C does not reach it. Raises OhmsError, in one sentence, when it does not start.
    """
    program = find_mongod()
    files.mkdir(mode=0o700, exist_ok=True)
    _begin_new_log(log)
    for port in (preferred_port, None, None):
        chosen = port if port is not None and _is_free(port) else _free_port()
        log_start = size_of(log)
        exit_code, output = _launch(program, files, log, chosen)
        if exit_code == 0 and (server := running_mongod(files)) is not None:
            return server
        if exit_code != _ADDRESS_IN_USE:  # else somebody took the port in between: try another
            break
    raise OhmsError(why_it_cannot_run(program, exit_code, output) or why_it_failed(log, log_start, f"exit code {exit_code}"))


def stop_mongod(files: Path, patience: float = STOP_SECONDS) -> None:
    """Asks the server on ``files``, if any, to end, and after ``patience`` seconds makes it; returns when it is gone."""
    server = running_mongod(files)
    if server is None:
        return
    for sign, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, 5.0)):
        with suppress(ProcessLookupError):
            os.kill(server.pid, sign)
        if _becomes_true(lambda: not is_held(files / "mongod.lock"), seconds):
            _becomes_true(lambda: _is_free(server.port), 1.0)  # given back a little later than the lock
            return
    raise OhmsError(f"The embedded MongoDB (process {server.pid}) does not stop.")


def _becomes_true(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not (fulfilled := condition()) and time.monotonic() < deadline:
        time.sleep(0.01)
    return fulfilled


def _launch(program: Path, files: Path, log: Path, port: int) -> tuple[int, str]:
    """Exit code and error output of a start; 0 when the server is up, as a daemon with no ties to this process."""
    command: list[str | Path] = [program, "--fork", "--dbpath", files, "--logpath", log, "--logappend", "--quiet"]
    command += ["--port", str(port), "--bind_ip", "127.0.0.1", "--nounixsocket", "--replSet", REPLICA_SET]
    command += ["--networkMessageCompressors", "snappy"]  # no zlib: unpacking it is where old servers have a known hole
    command += ["--wiredTigerCacheSizeGB", "0.25", "--oplogSize", "1024"]  # small, and the same on every disk
    command += ["--slowms", "2147483647"]  # slow queries are logged with their values, which are patient data
    command += ["--setParameter", "diagnosticDataCollectionEnabled=false"]
    # A process that is killed in the middle of a booking leaves its transaction open, and its schedule locked, for so long.
    command += ["--setParameter", "transactionLifetimeLimitSeconds=10"]
    # Nobody reads the past here; with a window, dropped collections keep their files open for as long.
    command += ["--setParameter", "minSnapshotHistoryWindowInSeconds=5"]
    with tempfile.TemporaryFile() as errors:  # not a pipe: the daemon would keep it open
        try:
            process = subprocess.Popen(  # noqa: S603 -- our own arguments, no shell
                command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors, start_new_session=True
            )
        except OSError as error:
            raise OhmsError(f"The MongoDB server {program} cannot be run here: {error.strerror}.") from error
        try:
            process.wait()
        except BaseException:  # Ctrl-C: only when the daemon is up, in a moment, can it be found and stopped
            process.wait()
            raise
        errors.seek(0)
        return process.returncode, errors.read().decode(errors="replace")


def size_of(log: Path) -> int:
    return log.stat().st_size if log.exists() else 0


def why_it_failed(log: Path, log_start: int, otherwise: str) -> str:
    """One sentence with the last error that the server logged after position ``log_start``, or ``otherwise``, and a full disk."""
    reason = otherwise
    with suppress(OSError), log.open("rb") as file:
        file.seek(log_start)
        for line in file:
            reason = _error_in(line) or reason
    free = shutil.disk_usage(log.parent).free
    disk = f"; only {free // 1_000_000} MB are free on its disk" if free < _LITTLE_SPACE_BYTES else ""
    return f"The embedded MongoDB did not start: {reason}{disk}. Its log is {log}."


def _error_in(line: bytes) -> str | None:
    """The message of a line of mongod's log when it is an error; its own words, which hold no data of ours."""
    with suppress(ValueError, AttributeError):
        entry = json.loads(line)
        if entry.get("s") in {"E", "F"}:
            detail = entry.get("attr", {}).get("error", "")
            detail = detail.get("errmsg", detail.get("message", "")) if isinstance(detail, dict) else detail
            return f"{entry['msg'].strip()}: {detail}".rstrip(": ")
    return None


def _begin_new_log(log: Path) -> None:
    if log.exists() and log.stat().st_size > _LOG_LIMIT_BYTES:
        log.replace(log.with_name(f"{log.name}.1"))


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as mongod does: connections of the past do not count
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _command_line(pid: int) -> list[str]:
    """The words that started a process; none when it has ended or cannot be seen, as from another container."""
    if Path("/proc/self").exists():
        with suppress(OSError):
            return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="surrogateescape").split("\0")[:-1]
        return []
    # macOS has no /proc. Its ps shows folders with spaces in their names as several words: there the server is not recognised.
    shown = subprocess.run(["/bin/ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, check=False)  # noqa: S603
    return os.fsdecode(shown.stdout).split()


def _value_of(option: str, words: list[str]) -> str | None:
    return words[words.index(option) + 1] if option in words[:-1] else None
