"""The MongoDB server that OHMS runs for itself: one for each data folder, shared by all commands that use the folder.

Each user holds a shared lock on ``users.lock``: the kernel counts them and forgets those that were killed. Starting, joining,
leaving and stopping happen one at a time, under ``start.lock``. The last to leave stops the server, unless `ohms database start`
had it stay. A server that nobody holds, left by a killed process, is found by the next command and becomes its own.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ohms_graphql.errors import OhmsError
from ohms_graphql.file_lock import Lease, exclusive, is_held
from ohms_graphql.mongod_process import RunningMongod, running_mongod, size_of, start_mongod, stop_mongod, why_it_failed
from ohms_graphql.mongod_replica_set import make_primary, replica_set_url

_TURN_SECONDS = 90.0  # longer than the slowest start


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """A running server: ``stays`` after ``ohms database start``, ``in_use`` while any OHMS process works with it."""

    url: str
    pid: int
    port: int
    stays: bool
    in_use: bool


class DataFolder:
    """The files of one embedded server and the rules for sharing it. All methods are safe between processes."""

    def __init__(self, data_dir: Path) -> None:
        self.root = data_dir.expanduser().resolve()
        self.files = self.root / "mongodb"
        self.log = self.root / "mongod.log"
        self._state = self.root / "mongod.json"
        self._users = self.root / "users.lock"

    def join(self) -> tuple[str, Lease]:
        """The address of the running server, started if need be, and the lease that keeps it running."""
        with self._turn():
            lease = Lease(self._users)
            try:
                return replica_set_url(self._running().port), lease
            except BaseException:
                self._stop_if_last(lease)
                lease.release()
                raise

    def leave(self, lease: Lease, *, throw_away: bool = False) -> None:
        """Gives the lease back; the last to leave stops the server, and with ``throw_away`` deletes its files."""
        try:
            with self._turn():
                stopped = self._stop_if_last(lease)
                lease.release()  # before the next one's turn, who must not take us for a user that remains
                if stopped and throw_away:
                    shutil.rmtree(self.files, ignore_errors=True)
        finally:
            lease.release()

    def start(self) -> ServerStatus:
        """A server that stays when its users leave."""
        with self._turn():
            server = self._running()
            self._write_state(server, stays=True)
            return self._status_of(server)

    def stop(self, *, at_once: bool = False) -> bool:
        """Ends the server's stay. True when it is stopped, False when it runs until its users leave (never with ``at_once``)."""
        if not self.root.exists():
            return True
        with self._turn():
            server = running_mongod(self.files)
            if server is not None:
                self._write_state(server, stays=False)
            if server is not None and not at_once and is_held(self._users):
                return False
            stop_mongod(self.files)
            return True

    def status(self) -> ServerStatus | None:
        if not self.root.exists():
            return None
        with self._turn():
            server = running_mongod(self.files)
            return None if server is None else self._status_of(server)

    def _running(self) -> RunningMongod:
        """A server that accepts writes: the one that runs, or a new one."""
        server = running_mongod(self.files)
        if server is not None:
            try:
                return self._writable(server)
            except OhmsError:
                if running_mongod(self.files) is not None:
                    raise
        # There was none, or it was on its way out when we found it.
        log_start = size_of(self.log)
        server = start_mongod(self.files, self.log, preferred_port=self._read_state().get("port"))
        self._write_state(server, stays=False)
        try:
            return self._writable(server)
        except OhmsError as error:
            raise OhmsError(why_it_failed(self.log, log_start, "it does not become writable")) from error

    def _writable(self, server: RunningMongod) -> RunningMongod:
        make_primary(server.port, still_runs=lambda: running_mongod(self.files) == server)
        return server

    def _stop_if_last(self, lease: Lease) -> bool:
        server = running_mongod(self.files)
        if not lease.is_the_last() or (server is not None and self._stays(server)):
            return False
        stop_mongod(self.files)
        return True

    @contextmanager
    def _turn(self) -> Iterator[None]:
        busy = f"Another OHMS process has been starting or stopping the database in {self.root} for {_TURN_SECONDS:.0f} seconds."
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            with exclusive(self.root / "start.lock", patience=_TURN_SECONDS, busy=busy):
                yield
        except OSError as error:
            raise OhmsError(f"OHMS_DATA_DIR: {self.root} cannot be used as data folder: {error.strerror or error}.") from error

    def _status_of(self, server: RunningMongod) -> ServerStatus:
        url = replica_set_url(server.port)
        return ServerStatus(url, server.pid, server.port, stays=self._stays(server), in_use=is_held(self._users))

    def _stays(self, server: RunningMongod) -> bool:
        state = self._read_state()
        return state.get("pid") == server.pid and state.get("stays") == 1

    def _read_state(self) -> dict[str, int]:
        with suppress(OSError, ValueError):
            state = json.loads(self._state.read_text())
            return {name: int(value) for name, value in dict(state).items()}
        return {}

    def _write_state(self, server: RunningMongod, *, stays: bool) -> None:
        fresh = self._state.with_suffix(".new")
        fresh.write_text(json.dumps({"pid": server.pid, "port": server.port, "stays": stays}))
        fresh.replace(self._state)


@contextmanager
def embedded_mongod(data_dir: Path, *, throw_away: bool = False) -> Iterator[str]:
    """The address of the server of ``data_dir``, which runs at least until the block is left.

    ``throw_away`` deletes the data when the last user leaves: for tests and measurements.
    """
    folder = DataFolder(data_dir)
    url, lease = folder.join()
    try:
        yield url
    finally:
        folder.leave(lease, throw_away=throw_away)
