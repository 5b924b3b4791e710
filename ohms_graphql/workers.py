"""Several processes that serve on the same listening socket, and their parent, which watches and ends them.

Uvicorn's own supervisor takes an application that can be named by its import, keeps signals to itself and tells nobody why a
worker did not start. Ours begins each worker afresh (nothing of the parent's threads and connections is inherited), hears from
each whether it serves, puts another in the place of one that dies, and lets signals go on to whoever handles them.
"""

import logging
import multiprocessing
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Generic, TypeVar

from ohms_graphql.errors import OhmsError
from ohms_graphql.server import GRACE_SECONDS, shared_listeners

G = TypeVar("G")
Work = Callable[[G, socket.socket, Callable[[], None]], None]
"""Serves on the socket until it is told to stop, and calls the function when it answers. It can be imported by its name."""

_log = logging.getLogger(__name__)

_PATIENCE_SECONDS = GRACE_SECONDS + 5
_PAUSES = (0.0, 1.0, 2.0, 5.0, 15.0, 30.0)
"""Before a worker is begun again, by how often its place was taken in vain."""
_READY = "ready"
_SPAWN = multiprocessing.get_context("spawn")


@dataclass(slots=True)
class _Place:
    """One of the workers, and whoever comes after it. The socket is the parent's: who waits there is served by the next."""

    listener: socket.socket
    process: SpawnProcess | None = None
    told: Connection | None = None
    ready: bool = False
    failures: int = 0
    begin_at: float = field(default_factory=time.monotonic)


def run_workers(count: int, work: Work[G], given: G, listener: socket.socket, when_ready: Callable[[], None]) -> None:
    """Until a signal raises here what its handler does. ``when_ready`` is called once, when all workers answer.

    Raises OhmsError when one of the first does not start.
    """
    listeners = shared_listeners(listener, count)
    workers = _Workers(work, given, [_Place(each) for each in listeners])
    try:
        workers.watch(when_ready)
    finally:
        workers.end()
        for each in listeners:
            each.close()


@dataclass(slots=True)
class _Workers(Generic[G]):
    work: Work[G]
    given: G
    places: list[_Place]
    served: bool = False

    def watch(self, when_ready: Callable[[], None]) -> None:
        while True:
            for place in self.places:
                if place.process is None and place.begin_at <= time.monotonic():
                    self._begin(place)
            self._hear()
            if not self.served and all(place.ready for place in self.places):
                self.served = True
                when_ready()

    def end(self) -> None:
        """In order within the grace of a server, and by force after it."""
        processes = [place.process for place in self.places if place.process is not None]
        try:
            for process in processes:
                process.terminate()
            deadline = time.monotonic() + _PATIENCE_SECONDS
            for process in processes:
                process.join(max(0.0, deadline - time.monotonic()))
        finally:
            for process in processes:
                if process.is_alive():
                    process.kill()
                    process.join()

    def _begin(self, place: _Place) -> None:
        told, tell = _SPAWN.Pipe(duplex=False)
        place.process = _SPAWN.Process(target=_run, args=(self.work, self.given, place.listener, tell), name="ohms-worker")
        # Ctrl-C goes to all processes of a terminal: a worker that is still starting leaves it to its parent, which ends it.
        handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            place.process.start()
        finally:
            signal.signal(signal.SIGINT, handler)
            tell.close()
        place.told = told
        place.ready = False

    def _hear(self) -> None:
        """Waits for the next thing that a worker says, or for the time when one has to be begun."""
        running = [(place, place.told) for place in self.places if place.told is not None]
        pauses = [place.begin_at - time.monotonic() for place in self.places if place.process is None]
        heard = wait([told for _, told in running], timeout=max(0.0, min(pauses)) if pauses else None)
        for place, told in running:
            if told in heard:
                self._hear_from(place, told)

    def _hear_from(self, place: _Place, told: Connection) -> None:
        try:
            said = told.recv()
        except (EOFError, OSError):  # it has ended
            said = ""
        if said == _READY:
            place.ready, place.failures = True, 0
            return
        process = place.process
        if process is None:
            return
        process.join()
        told.close()
        reason = said or f"it ended with code {process.exitcode}"
        if not self.served:
            raise OhmsError(said or f"A worker {reason.removeprefix('it ')} before it served.")
        _log.error("a worker is gone (%s); another takes its place", reason)
        place.begin_at = time.monotonic() + _PAUSES[min(place.failures, len(_PAUSES) - 1)]
        place.failures += 1
        place.process = place.told = None
        place.ready = False


def _run(work: Work[G], given: G, listener: socket.socket, tell: Connection) -> None:
    """In the worker."""
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # of the terminal: the parent ends us
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        work(given, listener, lambda: tell.send(_READY))
    except OhmsError as error:
        tell.send(str(error))
        raise SystemExit(1) from None


def _end_with_parent() -> None:
    """A parent that was killed cannot end its workers."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)
