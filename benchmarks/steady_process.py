"""``python -m benchmarks.steady_process URL SECONDS CONNECTIONS RATE``: requests at a fixed rate, whatever the answers take.

A latency counts from the moment a request was due, not from when a connection was free for it: closed-loop callers hold back
while the server pauses, and so leave its worst moments out (coordinated omission). The request is in the environment, as for wrk.
"""

import asyncio
import contextlib
import os
import selectors
import sys
from collections import deque
from urllib.parse import urlsplit

import orjson

from benchmarks.load_process import message

_PATIENCE_SECONDS = 20.0


class SteadyLoad:
    """Requests fall due one after the other; each is sent at once, or when the first of the connections is free.

    What has no answer long after the last was due counts with the time it has waited: the rate was too high, nothing failed.
    """

    def __init__(self, sent: bytes) -> None:
        self._sent = sent
        self._waiting: deque[float] = deque()
        self._free: list[SteadyConnection] = []
        self._busy: set[SteadyConnection] = set()
        self._loop = asyncio.get_running_loop()
        self._answer = asyncio.Event()
        self.latencies: list[float] = []
        self.failures = 0
        self.bytes = 0

    async def run(self, host: str, port: int, seconds: float, connections: int, rate: float) -> None:
        made = [await self._loop.create_connection(lambda: SteadyConnection(self), host, port) for _ in range(connections)]
        began, due = self._loop.time(), max(1, round(seconds * rate))
        try:
            for number in range(due):
                moment = began + number / rate
                await asyncio.sleep(max(0.0, moment - self._loop.time()))
                self._waiting.append(moment)
                self._send()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._all_answered(due), _PATIENCE_SECONDS)
            if self._busy:
                self.latencies += [self._loop.time() - moment for moment in (*self._waiting, *(each.due for each in self._busy))]
            self.failures = due - len(self.latencies)
        finally:
            for transport, _ in made:
                transport.close()

    async def _all_answered(self, due: int) -> None:
        while len(self.latencies) + self.failures < due and (self._busy or self._free):
            self._answer.clear()
            await self._answer.wait()

    def connected(self, connection: "SteadyConnection") -> None:
        self._free.append(connection)

    def answered(self, connection: "SteadyConnection", success: bool, size: int) -> None:
        if success:
            self.latencies.append(self._loop.time() - connection.due)
        self.failures += not success
        self.bytes += size
        self._busy.discard(connection)
        self._free.append(connection)
        self._answer.set()
        self._send()

    def lost(self, connection: "SteadyConnection") -> None:
        """What was sent there has failed."""
        self.failures += connection in self._busy
        self._busy.discard(connection)
        if connection in self._free:
            self._free.remove(connection)
        self._answer.set()

    def _send(self) -> None:
        while self._waiting and self._free:
            connection = self._free.pop()
            self._busy.add(connection)
            connection.ask(self._waiting.popleft(), self._sent)


class SteadyConnection(asyncio.Protocol):
    """One request at a time. A connection that the server closes is not opened again."""

    def __init__(self, load: SteadyLoad) -> None:
        self._load = load
        self._transport: asyncio.Transport
        self.due = 0.0
        self._received = bytearray()
        self._size = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._load.connected(self)

    def connection_lost(self, _error: Exception | None) -> None:
        self._load.lost(self)

    def ask(self, due: float, sent: bytes) -> None:
        self.due = due
        self._received.clear()
        self._size = 0
        self._transport.write(sent)

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self._size:
            head, end, _ = self._received.partition(b"\r\n\r\n")
            if not end:
                return
            length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
            self._size = len(head) + len(end) + int(length)
        if len(self._received) >= self._size:
            self._load.answered(self, self._received.startswith(b"HTTP/1.1 200 "), self._size)


async def steady_load(url: str, seconds: float, connections: int, rate: float, sent: bytes) -> dict[str, float]:
    parts = urlsplit(url)
    load = SteadyLoad(sent)
    await load.run(parts.hostname or "", parts.port or 80, seconds, connections, rate)
    latencies = sorted(load.latencies) or [0.0]
    return {
        "requests": len(load.latencies) + load.failures,
        "seconds": seconds,
        "p50": latencies[len(latencies) // 2] * 1e3,
        "p99": latencies[len(latencies) * 99 // 100] * 1e3,
        "failures": load.failures,
        "bytes_per_answer": load.bytes / max(len(load.latencies), 1),
    }


def _loop() -> asyncio.AbstractEventLoop:
    """Of the standard loops this one wakes up to the microsecond; others round to milliseconds."""
    return asyncio.SelectorEventLoop(selectors.SelectSelector())


def main() -> None:
    url, seconds, connections, rate = sys.argv[1:]
    sent = message(url, os.environ["BENCH_METHOD"], os.environ["BENCH_BODY"].encode(), os.environ["BENCH_TOKEN"])
    with asyncio.Runner(loop_factory=_loop) as runner:
        told = runner.run(steady_load(url, float(seconds), int(connections), float(rate), sent))
    print(orjson.dumps(told).decode())


if __name__ == "__main__":
    main()
