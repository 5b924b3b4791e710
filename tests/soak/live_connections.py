"""One subscription on one socket, by either protocol, in a way that lets the socket be cut under it."""

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Protocol

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Subprotocol

CUT_OFF = (ConnectionClosed, InvalidHandshake, httpx.TransportError, OSError, TimeoutError)
"""What a client meets whose socket or server is gone: it comes back."""

_HANDSHAKE_SECONDS = 20.0


class RefusedError(Exception):
    """The server answered with an error, or ended the subscription: clients do not come back after that."""


class Connection(Protocol):
    def updates(self) -> AsyncIterator[Any]:
        """``data`` of each message. Ends, or raises one of CUT_OFF, when the connection is gone. Raises RefusedError."""
        ...

    def cut(self, *, abruptly: bool) -> None:
        """Ends the connection, as a network would: with a reset (``abruptly``) or an end of file."""
        ...


def _cut(connected: Any, *, abruptly: bool) -> None:
    with suppress(OSError):  # it was gone already
        if abruptly:  # no lingering: what is on its way is lost, and the other side gets a reset
            connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connected.shutdown(socket.SHUT_RDWR)


class WebSocketConnection:
    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    async def updates(self) -> AsyncIterator[Any]:
        async for text in self._connection:
            message = json.loads(text)
            if message["type"] == "ping":
                await self._connection.send('{"type": "pong"}')
            elif message["type"] == "next" and not message["payload"].get("errors"):
                yield message["payload"]["data"]
            else:
                raise RefusedError(text)

    def cut(self, *, abruptly: bool) -> None:
        _cut(self._connection.transport.get_extra_info("socket"), abruptly=abruptly)


@asynccontextmanager
async def over_websocket(
    server: str, headers: dict[str, str], payload: dict[str, Any], *, narrow: bool = False
) -> AsyncIterator[Connection]:
    """``narrow``: with the smallest buffers that the system gives, so that a slow reader is soon felt by the server."""
    host, port = server.split(":")
    plain = socket.socket()
    try:
        if narrow:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1000)
        plain.setblocking(False)
        await asyncio.get_running_loop().sock_connect(plain, (host, int(port)))
        async with connect(
            f"ws://{server}/graphql",
            sock=plain,
            subprotocols=[Subprotocol("graphql-transport-ws")],
            proxy=None,
            compression=None,
            ping_interval=None,
            close_timeout=1,
            max_queue=1 if narrow else 16,
            open_timeout=_HANDSHAKE_SECONDS,
        ) as connection:
            await connection.send(json.dumps({"type": "connection_init", "payload": headers}))
            async with asyncio.timeout(_HANDSHAKE_SECONDS):
                acknowledged = json.loads(await connection.recv())
            assert acknowledged["type"] == "connection_ack", acknowledged
            await connection.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
            yield WebSocketConnection(connection)
    finally:
        plain.close()


class EventStreamConnection:
    def __init__(self, response: httpx.Response) -> None:
        self._response = response

    async def updates(self) -> AsyncIterator[Any]:
        event, data = "", ""
        async for line in self._response.aiter_lines():
            name, _, value = line.partition(": ")
            if name == "event":
                event = value
            elif name == "data":
                data = value
            elif not line and event:
                body = json.loads(data) if event == "next" else {"errors": event}
                if body.get("errors"):
                    raise RefusedError(body)
                yield body["data"]
                event, data = "", ""

    def cut(self, *, abruptly: bool) -> None:
        _cut(self._response.extensions["network_stream"].get_extra_info("socket"), abruptly=abruptly)


@asynccontextmanager
async def over_event_stream(server: str, headers: dict[str, str], payload: dict[str, Any]) -> AsyncIterator[Connection]:
    async with (
        httpx.AsyncClient(trust_env=False, timeout=httpx.Timeout(_HANDSHAKE_SECONDS, read=30)) as http,
        http.stream(
            "POST", f"http://{server}/graphql", json=payload, headers={**headers, "accept": "text/event-stream"}
        ) as response,
    ):
        assert response.status_code == 200, response.status_code
        yield EventStreamConnection(response)
