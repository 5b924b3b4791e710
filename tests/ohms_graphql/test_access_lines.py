"""Lines of the access log, written by hand, are what the log's own formatter would make."""

import asyncio
import io
import json
import logging
from datetime import UTC, datetime, timedelta

import pytest

from ohms_graphql.access_lines import AccessLines
from ohms_graphql.json_logging import JsonFormatter, request_id

REQUESTS = [
    ("POST", "/graphql", 200, 1.25),
    ("GET", '/a"b\\c\n/ü\u2028', 404, 0.04),
    ("WEBSOCKET", "/" + "x" * 300, 101, 3_600_000.0),
]


async def _written(method: str, path: str, status: int, milliseconds: float) -> list[str]:
    stream = io.StringIO()
    lines = AccessLines(stream)
    for _ in range(2):
        lines(logging.INFO, method, path, status, milliseconds)
    assert stream.getvalue() == ""  # those of a turn together
    await asyncio.sleep(0)
    return stream.getvalue().removesuffix("\n").split("\n")


@pytest.mark.parametrize(("method", "path", "status", "milliseconds"), REQUESTS)
async def test_a_line_is_that_of_the_log(method: str, path: str, status: int, milliseconds: float) -> None:
    token = request_id.set("0123456789abcdef")
    try:
        written = [json.loads(line) for line in await _written(method, path, status, milliseconds)]
        record = logging.LogRecord("ohms_graphql.access_log", logging.INFO, "", 0, "%s %s %s", (method, path, status), None)
        vars(record).update(method=method, path=path, status=status, duration_ms=round(milliseconds, 1))
        expected = json.loads(JsonFormatter().format(record))
    finally:
        request_id.reset(token)
    shown = expected.pop("time")
    for line in written:
        assert abs(datetime.fromisoformat(shown) - datetime.fromisoformat(line.pop("time"))) < timedelta(minutes=1)
        assert line == expected


async def test_the_time_is_told_in_utc_to_the_millisecond() -> None:
    before = datetime.now(UTC)
    (line, _) = await _written("GET", "/", 200, 1.0)
    told = json.loads(line)["time"]
    assert told.endswith("Z")
    assert len(told) == len("2026-03-18T09:00:00.000Z")
    assert before - timedelta(milliseconds=1) <= datetime.fromisoformat(told) <= datetime.now(UTC)
