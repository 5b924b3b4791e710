"""Many followers of one subscription, in one process and with little work for each: what is measured is the server."""

import asyncio
import base64
import secrets
import struct
import time
from collections.abc import Sequence
from functools import partial
from typing import Any, cast

import orjson

from benchmarks.errors import BenchmarkError

_TEXT, _CLOSE, _PING = 0x1, 0x8, 0x9
_PATIENCE = 120.0


class Follower(asyncio.Protocol):
    """A websocket (RFC 6455) that speaks graphql-transport-ws and keeps what it is told."""

    def __init__(self, token: str, operation: bytes) -> None:
        self._token = token
        self._operation = operation
        self._waiting = b""
        self._upgraded = False
        self._transport: asyncio.Transport
        self.told: list[bytes] = []
        self.heard_at = 0.0
        self.fault: str | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but its class
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        self._transport.write(
            "GET /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        self.heard_at = time.perf_counter()
        self._waiting += data
        if not self._upgraded:
            head, end, self._waiting = self._waiting.partition(b"\r\n\r\n")
            if not end:
                self._waiting = head
                return
            if b" 101 " not in head:
                self.fault = head.decode(errors="replace")[:100]
                self._transport.close()
                return
            self._upgraded = True
            self._send({"type": "connection_init", "payload": {"authorization": f"Bearer {self._token}"}})
        while frame := self._frame():
            self._message(*frame)

    def connection_lost(self, exc: Exception | None) -> None:
        self.fault = self.fault or f"closed: {exc}"

    def close(self) -> None:
        self._transport.abort()

    def _frame(self) -> tuple[int, bytes] | None:
        waiting = self._waiting
        if len(waiting) < 2:
            return None
        begin, size = 2, waiting[1]
        if size == 126:
            begin, size = 4, struct.unpack_from("!H", waiting, 2)[0] if len(waiting) >= 4 else 1 << 30
        elif size == 127:
            begin, size = 10, struct.unpack_from("!Q", waiting, 2)[0] if len(waiting) >= 10 else 1 << 30
        if len(waiting) < begin + size:
            return None
        self._waiting = waiting[begin + size :]
        return waiting[0] & 0x0F, waiting[begin : begin + size]

    def _message(self, opcode: int, payload: bytes) -> None:
        if opcode == _CLOSE:
            self.fault = payload[2:].decode(errors="replace")
        elif opcode == _PING:
            self._write(0xA, payload)
        elif opcode == _TEXT:
            if b'"connection_ack"' in payload:
                self._write(_TEXT, self._operation)
            elif b'"ping"' not in payload:
                self.told.append(payload)

    def _send(self, message: dict[str, Any]) -> None:
        self._write(_TEXT, orjson.dumps(message))

    def _write(self, opcode: int, payload: bytes) -> None:
        size = len(payload)
        length = bytes([0x80 | size]) if size < 126 else b"\xfe" + struct.pack("!H", size)
        self._transport.write(bytes([0x80 | opcode]) + length + bytes(4) + payload)  # masked with zeros: as it is


def _itself(follower: Follower) -> Follower:
    return follower


class Crowd:
    """``tokens`` gives each follower's caller in turn."""

    def __init__(self, port: int, tokens: Sequence[str], query: str, variables: dict[str, Any]) -> None:
        self._port = port
        self._tokens = tokens
        self._operation = orjson.dumps({"id": "1", "type": "subscribe", "payload": {"query": query, "variables": variables}})
        self.followers: list[Follower] = []

    async def join(self, count: int) -> None:
        """``count`` more, some at a time. Each hears one message at once: the subscription must begin with one."""
        loop = asyncio.get_running_loop()
        begin = len(self.followers)
        for number in range(begin, begin + count):
            follower = Follower(self._tokens[number % len(self._tokens)], self._operation)
            await loop.create_connection(partial(_itself, follower), "127.0.0.1", self._port)
            self.followers.append(follower)
            if number % 50 == 49:
                await self.heard(1, self.followers[-50:])
        await self.heard(1, self.followers)

    async def heard(self, count: int, followers: Sequence[Follower] | None = None) -> float:
        """Waits until each has heard ``count`` messages; gives the instant of the last. Raises BenchmarkError."""
        waited_for = list(self.followers if followers is None else followers)
        deadline = time.perf_counter() + _PATIENCE
        waiting = waited_for
        while waiting := [one for one in waiting if len(one.told) < count]:
            fault = next((one.fault for one in waiting if one.fault), None)
            if fault or time.perf_counter() > deadline:
                raise BenchmarkError(f"{len(waiting)} of {len(waited_for)} followers heard too little: {fault}")
            await asyncio.sleep(0.01)
        return max(one.heard_at for one in waited_for)

    def close(self) -> None:
        for follower in self.followers:
            follower.close()
