"""Where the file goes: whole or not at all, and for nobody else on the machine to read."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ohms_graphql.errors import OhmsError

STDOUT = Path("-")


@contextmanager
def written(path: Path) -> Iterator[IO[str]]:
    """A file that is not there yet, with mode 0600; it is gone again when the block fails. ``-`` is standard output.

    Raises OhmsError when it is there, or cannot be written.
    """
    try:
        if path == STDOUT:
            with open(sys.stdout.fileno(), "w", encoding="utf-8", newline="", closefd=False) as file:  # a descriptor, not a path
                yield file
            return
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
                yield file
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    except OSError as error:  # also a full disk, or a reader of the pipe who has left
        raise OhmsError(f"{path} cannot be written: {error.strerror}.") from error
