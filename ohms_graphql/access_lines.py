"""The lines of the access log as the server writes them: in the log's form (``json_logging``), without the log's machinery.

A record of ``logging``, its handlers and formatter take longer than a small operation. Lines of the same turn of the loop are
written together.
"""

import asyncio
import logging
import time
from datetime import UTC, datetime
from functools import lru_cache
from typing import TextIO

import orjson

from ohms_graphql.json_logging import request_id

_LOGGER = "ohms_graphql.access_log"
_LONGEST_KEPT = 200


class AccessLines:
    """Writes to ``stream``. Called within the event loop."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lines: list[str] = []
        self._second = 0
        self._shown = ""

    def __call__(self, level: int, method: str, path: str, status: int, milliseconds: float) -> None:
        now = time.time()
        second = int(now)
        if second != self._second:
            self._second, self._shown = second, datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")
        told = _told if len(path) <= _LONGEST_KEPT else _told.__wrapped__
        if not self._lines:
            asyncio.get_running_loop().call_soon(self.flush)
        self._lines.append(
            f'{told(level, method, path, status)},"time":"{self._shown}.{int((now - second) * 1000):03}Z"'
            f',"duration_ms":{milliseconds:.1f},"request_id":"{request_id.get()}"}}\n'  # of letters, digits and ._- (access_log)
        )

    def flush(self) -> None:
        lines, self._lines = self._lines, []
        if lines:
            self._stream.write("".join(lines))
            self._stream.flush()


@lru_cache(maxsize=256)  # nearly all requests are for the same few paths
def _told(level: int, method: str, path: str, status: int) -> str:
    """The first part of a line, without its end."""
    line = {
        "message": f"{method} {path} {status}",
        "level": logging.getLevelName(level),
        "logger": _LOGGER,
        "method": method,
        "path": path,
        "status": status,
    }
    return orjson.dumps(line)[:-1].decode()
