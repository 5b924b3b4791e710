"""GraphQL over Server-Sent Events, each operation on a connection of its own.

After PROTOCOL.md of graphql-sse, "distinct connections mode": `next` for each result, `complete` at the end, and what validation
or roles refuse as a `next` as well. A stream that ends without `complete` was cut off: clients come back with their last cursor.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import aclosing, contextmanager, suppress
from typing import Any

import orjson
from graphql import GraphQLError
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send
from strawberry.http.streaming import SSETransport
from strawberry.types import ExecutionResult

from ohms_graphql.authentication_error import InvalidToken
from ohms_graphql.background import running
from ohms_graphql.cancellation import being_cancelled
from ohms_graphql.entitlement import Ending, NotLookedUp, Refused
from ohms_graphql.error_policy import masked
from ohms_graphql.graphql_response import body_of

Results = AsyncGenerator[Any, None]

_FRAMES = SSETransport()
_HEARTBEAT_SECONDS = 12.0
"""Shorter than the half minute after which many proxies close what is silent."""


class OpenStreams:
    """The streams of this process, which would hold up its end: nobody else closes them."""

    def __init__(self) -> None:
        self._open: set[EventStreamResponse] = set()
        self._ended = False

    @contextmanager
    def holding(self, stream: "EventStreamResponse") -> Iterator[None]:
        self._open.add(stream)
        if self._ended:
            stream.cut_off()
        try:
            yield
        finally:
            self._open.discard(stream)

    def end(self) -> None:
        """Cuts all of them off, and those that come late, so that clients go to another process."""
        self._ended = True
        for stream in self._open:
            stream.cut_off()


class EventStreamResponse(Response):
    """``results`` are sent as they come, until they end, the client goes, or ``ended`` tells that the caller may not go on."""

    media_type = "text/event-stream"

    def __init__(self, results: Results, ended: Callable[[], Awaitable[Ending | None]], open_streams: OpenStreams) -> None:
        super().__init__(headers={**_FRAMES.headers, "vary": "Accept"})
        del self.headers["content-length"]
        self._results = results
        self._ended = ended
        self._open_streams = open_streams
        self._outbox: asyncio.Queue[str] = asyncio.Queue(maxsize=1)
        self._last: str | None = None

    def cut_off(self) -> None:
        self._end("")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        with self._open_streams.holding(self):
            async with running(self._produce()), running(self._watch()), running(self._listen(receive)):
                await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
                while self._last is None:
                    try:
                        frame = await asyncio.wait_for(self._outbox.get(), _HEARTBEAT_SECONDS)
                    except TimeoutError:
                        await send(_part(_FRAMES.encode_comment("ping")))
                        continue
                    if self._last is None:
                        await send(_part(frame))
                    self._outbox.task_done()
            await send({"type": "http.response.body", "body": self._last.encode()})

    async def _produce(self) -> None:
        """Waits while the last one is on its way: what comes meanwhile is kept, within bounds, where it comes from."""
        try:
            async with aclosing(self._results) as results:
                async for result in results:
                    await self._outbox.put(_next(body_of(result)))
        except (Exception, asyncio.CancelledError) as error:  # whatever it was, the caller hears of it and the log has the rest
            if being_cancelled():
                raise
            await self._outbox.put(_refusal([masked(error)]))
        await self._outbox.join()  # all were sent
        self._end(_FRAMES.encode_complete())

    async def _watch(self) -> None:
        """Ends the stream as soon as its caller would be refused it, whatever still waits to be sent."""
        match await self._ended():
            case Refused(errors):
                self._end(_refusal(errors) + _FRAMES.encode_complete())
            case InvalidToken() as invalid:
                error = GraphQLError(invalid.message, extensions={"code": "UNAUTHENTICATED"})
                self._end(_refusal([error]) + _FRAMES.encode_complete())
            case NotLookedUp():
                self.cut_off()

    async def _listen(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self.cut_off()

    def _end(self, last: str) -> None:
        if self._last is None:
            self._last = last
            with suppress(asyncio.QueueFull):  # then the sender is about to look anyway
                self._outbox.put_nowait("")


def _part(frame: str) -> Message:
    return {"type": "http.response.body", "body": frame.encode(), "more_body": True}


def _next(body: dict[str, Any]) -> str:
    return _FRAMES.encode_event("next", orjson.dumps(body).decode())


def _refusal(errors: Any) -> str:
    return _next(body_of(ExecutionResult(data=None, errors=list(errors))))
