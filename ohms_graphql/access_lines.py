"""The lines of the access log as the server writes them: in the log's form (``json_logging``), without the log's machinery.

A record of ``logging``, its handlers and formatter take longer than a small operation. Lines of the same turn of the loop are
written together.
"""

import asyncio
import logging
import time
from datetime import UTC, datetime
from typing import Any, TextIO

import orjson

from ohms_graphql.json_logging import request_id

_LOGGER = "ohms_graphql.access_log"


class AccessLines:
    """Writes to ``stream``. Called within the event loop."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lines: list[bytes] = []
        self._second = 0
        self._shown = ""

    def __call__(self, level: int, message: str, fields: dict[str, Any]) -> None:
        now = time.time()
        second = int(now)
        if second != self._second:
            self._second, self._shown = second, datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")
        line = {
            "message": message,
            "time": f"{self._shown}.{int((now - second) * 1000):03}Z",
            "level": logging.getLevelName(level),
            "logger": _LOGGER,
            **fields,
            "request_id": request_id.get(),
        }
        if not self._lines:
            asyncio.get_running_loop().call_soon(self.flush)
        self._lines.append(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))

    def flush(self) -> None:
        lines, self._lines = self._lines, []
        if lines:
            self._stream.write(b"".join(lines).decode())
            self._stream.flush()
