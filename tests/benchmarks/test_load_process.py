"""The load that stands in for wrk counts what came back, and knows a refusal from an answer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from benchmarks.load_process import load, message

SENT = message("http://127.0.0.1/graphql", "POST", b"{}", "token")


@asynccontextmanager
async def server(answer: bytes) -> AsyncIterator[str]:
    """Answers every request that is exactly what should be sent; yields its address."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await reader.readexactly(len(SENT)) == SENT:
                writer.write(answer)
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as listening:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/graphql"


@pytest.mark.parametrize(("status", "all_fail"), [(b"200 OK", False), (b"401 Unauthorized", True)])
async def test_answers_are_counted_and_refusals_are_failures(status: bytes, all_fail: bool) -> None:
    answer = b"HTTP/1.1 " + status + b"\r\nContent-Length: 4\r\n\r\nbody"
    async with server(answer) as url:
        seen = await load(url, 0.2, 3, SENT)
    assert seen["requests"] >= 3
    assert seen["failures"] == (seen["requests"] if all_fail else 0)
    assert seen["bytes_per_answer"] == len(answer)
    assert 0 < seen["p50"] <= seen["p99"]


async def test_a_server_that_hangs_up_is_a_failure() -> None:
    async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as listening:
        seen = await load(f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/graphql", 0.2, 2, SENT)
    assert (seen["requests"], seen["failures"]) == (0, 2)
