"""Latencies at a fixed rate count from when a request was due: a pause of the server is seen by all who fell due meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from benchmarks.load_process import message
from benchmarks.steady_process import steady_load

SENT = message("http://127.0.0.1/graphql", "POST", b"{}", "token")


@asynccontextmanager
async def server(status: bytes = b"200 OK", first_takes: float = 0.0) -> AsyncIterator[str]:
    """Answers what should be sent, in two parts; the first answer of all takes its time, and all others wait for it."""
    asked = 0
    one_at_a_time = asyncio.Lock()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        try:
            while await reader.readexactly(len(SENT)) == SENT:
                async with one_at_a_time:
                    asked += 1
                    await asyncio.sleep(first_takes if asked == 1 else 0)
                writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Le")
                await asyncio.sleep(0)
                writer.write(b"ngth: 4\r\n\r\nbody")
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as listening:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/graphql"


@pytest.mark.parametrize(("status", "failures"), [(b"200 OK", 0), (b"401 Unauthorized", 20)])
async def test_every_request_is_sent_once_and_refusals_are_failures(status: bytes, failures: int) -> None:
    async with server(status) as url:
        seen = await steady_load(url, 0.2, 2, 100, SENT)
    assert (seen["requests"], seen["failures"]) == (20, failures)


async def test_who_waits_for_a_connection_is_counted_from_when_the_request_was_due() -> None:
    """One connection, 50 requests a second, a pause of half a second: a closed loop would have one slow request of 25."""
    async with server(first_takes=0.5) as url:
        seen = await steady_load(url, 0.5, 1, 50, SENT)
    assert (seen["requests"], seen["failures"]) == (25, 0)
    assert seen["p50"] > 200


async def test_what_is_not_answered_in_time_counts_with_the_time_it_has_waited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.steady_process._PATIENCE_SECONDS", 0.1)
    async with server(first_takes=30.0) as url:
        seen = await steady_load(url, 0.2, 2, 50, SENT)
    assert (seen["requests"], seen["failures"]) == (10, 0)
    assert seen["p99"] > 200


async def test_a_server_that_hangs_up_is_a_failure_of_all_that_is_missing() -> None:
    async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as listening:
        seen = await steady_load(f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/graphql", 0.1, 2, 50, SENT)
    assert (seen["requests"], seen["failures"]) == (5, 5)
