"""Answers leave whole: fewer pieces, the same bytes, and nothing waits for what is yet to come."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from websockets.asyncio.client import connect

from ohms_graphql.gathered_writes import GatheredWrites, WholeAnswersProtocol

MOST_HELD = 65_536


class _Transport:
    """What is sent, piece by piece; ``close`` is None in it."""

    def __init__(self) -> None:
        self.sent: list[bytes | None] = []

    def write(self, data: bytes) -> None:
        self.sent.append(data)

    def close(self) -> None:
        self.sent.append(None)

    def is_closing(self) -> bool:
        return None in self.sent

    def get_extra_info(self, name: str) -> str:
        return f"about {name}"


async def _gathered(do: Callable[[GatheredWrites], Awaitable[None]]) -> list[bytes | None]:
    bare = _Transport()
    written: Any = bare
    await do(GatheredWrites(written, asyncio.get_running_loop()))
    return bare.sent


async def test_what_is_written_in_a_turn_is_sent_at_once() -> None:
    async def head_and_body(transport: GatheredWrites) -> None:
        transport.write(b"head")
        transport.write(b"body")
        await asyncio.sleep(0)
        transport.write(b"next")
        await asyncio.sleep(0)

    assert await _gathered(head_and_body) == [b"headbody", b"next"]


async def test_what_was_written_is_sent_before_the_end() -> None:
    async def then_close(transport: GatheredWrites) -> None:
        transport.write(b"last words")
        assert not transport.is_closing()
        transport.close()
        assert transport.is_closing()
        await asyncio.sleep(0)

    assert await _gathered(then_close) == [b"last words", None]


async def test_much_is_sent_before_the_turn_ends() -> None:
    async def much(transport: GatheredWrites) -> None:
        transport.write(b"head")
        transport.write(b"x" * MOST_HELD)
        transport.write(b"more")

    assert await _gathered(much) == [b"head" + b"x" * MOST_HELD]


async def test_all_else_is_the_transports() -> None:
    bare: Any = _Transport()
    assert GatheredWrites(bare, asyncio.get_running_loop()).get_extra_info("peername") == "about peername"


@given(st.lists(st.sampled_from(["", "a", "bc", "d" * 40_000, "turn"]), max_size=12))
def test_the_bytes_are_the_same_whatever_the_pieces(story: list[str]) -> None:
    async def told(transport: GatheredWrites) -> None:
        for step in story:
            if step == "turn":
                await asyncio.sleep(0)
            else:
                transport.write(step.encode())
        await asyncio.sleep(0)

    sent = asyncio.run(_gathered(told))
    assert b"".join(piece for piece in sent if piece) == "".join(step for step in story if step != "turn").encode()


# -- over a socket --------------------------------------------------------------------------------------------------------


async def _large(_request: Request) -> Response:
    return PlainTextResponse("x" * 3_000_000)


async def _hello(_request: Request) -> Response:
    return PlainTextResponse("hello")


async def _stream(_request: Request) -> Response:
    async def events() -> AsyncIterator[str]:
        await asyncio.Event().wait()
        yield "never"

    return StreamingResponse(events())


async def _read(request: Request) -> Response:
    return PlainTextResponse(await request.body())


async def _echo(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text(await websocket.receive_text())
    await websocket.close()


@asynccontextmanager
async def _serving() -> AsyncIterator[int]:
    routes = [
        Route("/hello", _hello, methods=["GET", "HEAD"]),
        Route("/large", _large),
        Route("/stream", _stream),
        Route("/read", _read, methods=["POST"]),
        WebSocketRoute("/echo", _echo),
    ]
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        Starlette(routes=routes), http=WholeAnswersProtocol, ws="websockets-sansio", log_config=None, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        await serving


async def _asked(port: int, *requests: str, until: Callable[[bytes], bool]) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write("".join(f"{request} HTTP/1.1\r\nhost: ohms\r\n\r\n" for request in requests).encode())
        got = b""
        async with asyncio.timeout(10):
            while not until(got):
                part = await reader.read(1_000_000)
                assert part, got
                got += part
        return got
    finally:
        writer.close()


async def test_the_head_of_a_stream_is_sent_though_nothing_else_has_come() -> None:
    async with _serving() as port:
        assert (await _asked(port, "GET /stream", until=lambda got: got.endswith(b"\r\n\r\n"))).startswith(b"HTTP/1.1 200 OK")


async def test_an_answer_without_a_body_is_sent() -> None:
    async with _serving() as port:
        answer = await _asked(port, "HEAD /hello", until=lambda got: got.endswith(b"\r\n\r\n"))
        assert b"content-length: 5" in answer


async def test_requests_sent_ahead_are_answered_in_their_order() -> None:
    async with _serving() as port:
        answers = await _asked(port, "GET /hello", "GET /large", "GET /hello", until=lambda got: got.count(b"hello") == 2)
        first, large, last = answers.split(b"HTTP/1.1 200 OK")[1:]
        assert first.endswith(b"hello")
        assert last.endswith(b"hello")
        assert large.endswith(b"x" * 3_000_000)


async def test_nonsense_is_refused_and_the_connection_closed() -> None:
    async with _serving() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"\x00\x01\x02\r\n\r\n")
        async with asyncio.timeout(10):
            assert (await reader.read()).startswith(b"HTTP/1.1 400 Bad Request")
        writer.close()


async def test_a_client_that_waits_for_leave_to_send_its_body_gets_it() -> None:
    async with _serving() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        async with asyncio.timeout(10):
            writer.write(b"POST /read HTTP/1.1\r\nhost: ohms\r\nexpect: 100-continue\r\ncontent-length: 4\r\n\r\n")
            assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
            writer.write(b"body")
            assert (await reader.readuntil(b"body")).startswith(b"HTTP/1.1 200 OK")
        writer.close()


async def test_a_websocket_speaks_as_before() -> None:
    async with _serving() as port, connect(f"ws://127.0.0.1:{port}/echo") as socket_:
        await socket_.send("hello")
        assert await socket_.recv() == "hello"
