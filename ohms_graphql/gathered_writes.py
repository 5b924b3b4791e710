"""Answers leave whole.

uvicorn writes the head of an answer and its body one after the other, and uvloop sends each piece at once: two system calls where
one would do, and the client is woken for a head that it cannot use yet. Here what is written in one turn of the event loop leaves
together at its end, so nothing waits for what is yet to come: a stream's head is sent though its first event is far away.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_MOST_HELD = 65_536
"""So many bytes are sent at once, so that uvicorn hears of a client that does not take them."""


class GatheredWrites:
    """A transport that gathers what is written in a turn of the loop; all else is the transport's."""

    __slots__ = ("_held", "_loop", "_size", "_transport")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._held: list[bytes] = []
        self._size = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        if not self._held:
            self._loop.call_soon(self._send)
        self._held.append(data)
        self._size += len(data)
        if self._size >= _MOST_HELD:
            self._send()

    def is_closing(self) -> bool:
        return self._transport.is_closing()

    def close(self) -> None:
        self._send()
        self._transport.close()

    def _send(self) -> None:
        if self._held:
            data = b"".join(self._held)
            self._held = []
            self._size = 0
            self._transport.write(data)


class WholeAnswersProtocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1 by httptools, on such a transport. A websocket gets the transport itself."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._bare = transport
        self.transport = GatheredWrites(transport, self.loop)  # type: ignore[assignment]

    def handle_websocket_upgrade(self) -> None:
        self.transport = self._bare
        super().handle_websocket_upgrade()
