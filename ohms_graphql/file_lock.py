"""Locks on files that the kernel lets go of when their process ends, however it ends (POSIX only).

The lock files are never deleted: a new file under the same name would be another lock.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ohms_graphql.errors import OhmsError

try:
    import fcntl
except ImportError as error:
    raise OhmsError("The embedded MongoDB runs on Linux and macOS: set OHMS_MONGODB_URL to a replica set.") from error


@contextmanager
def exclusive(path: Path, patience: float, busy: str) -> Iterator[None]:
    """One holder at a time. Waits up to ``patience`` seconds, then raises OhmsError with the sentence ``busy``."""
    with path.open("ab") as file:
        deadline = time.monotonic() + patience
        while not _try(file.fileno(), fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                raise OhmsError(busy)
            time.sleep(0.02)
        yield


def is_held(path: Path) -> bool:
    """Whether any process holds a lock on the file; False when there is no such file."""
    try:
        with path.open("rb") as file:
            return not _try(file.fileno(), fcntl.LOCK_EX)
    except FileNotFoundError:
        return False


class Lease:
    """A lock that any number may hold together: the kernel counts the users, and forgets those that were killed."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab")
        fcntl.flock(self._file.fileno(), fcntl.LOCK_SH)

    def is_the_last(self) -> bool:
        """Whether nobody else holds one. Ask only when about to release: a lease that asks may no longer hold."""
        return _try(self._file.fileno(), fcntl.LOCK_EX)

    def release(self) -> None:
        """Once or more often."""
        self._file.close()


def _try(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
