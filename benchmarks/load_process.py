"""``python -m benchmarks.load_process URL SECONDS CONNECTIONS``: closed-loop load, where there is no wrk.

The request is in the environment, as for wrk: BENCH_METHOD, BENCH_BODY, BENCH_TOKEN. Bare sockets, no HTTP library: the load must
cost less than what it measures.
"""

import asyncio
import contextlib
import os
import sys
import time
from urllib.parse import urlsplit

import orjson


class Caller:
    """One connection. Latencies in seconds; a status other than 200 is a failure."""

    def __init__(self, host: str, port: int, message: bytes) -> None:
        self._address = (host, port)
        self._message = message
        self.latencies: list[float] = []
        self.failures = 0
        self.bytes = 0

    async def call_until(self, deadline: float) -> None:
        reader, writer = await asyncio.open_connection(*self._address)
        try:
            while time.perf_counter() < deadline:
                began = time.perf_counter()
                writer.write(self._message)
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
                await reader.readexactly(length)
                self.latencies.append(time.perf_counter() - began)
                self.failures += not head.startswith(b"HTTP/1.1 200 ")
                self.bytes += len(head) + length
        except (OSError, ValueError, asyncio.IncompleteReadError):
            self.failures += 1
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


def message(url: str, method: str, body: bytes, token: str) -> bytes:
    parts = urlsplit(url)
    lines = [f"{method} {parts.path} HTTP/1.1", f"Host: {parts.netloc}", "Accept: application/json"]
    lines.append(f"Authorization: Bearer {token}")
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def load(url: str, seconds: float, connections: int, sent: bytes) -> dict[str, float]:
    parts = urlsplit(url)
    callers = [Caller(parts.hostname or "", parts.port or 80, sent) for _ in range(connections)]
    began = time.perf_counter()
    await asyncio.gather(*(caller.call_until(began + seconds) for caller in callers))
    lasted = time.perf_counter() - began
    latencies = sorted(latency for caller in callers for latency in caller.latencies) or [0.0]
    requests = sum(len(caller.latencies) for caller in callers)
    return {
        "requests": requests,
        "seconds": lasted,
        "p50": latencies[len(latencies) // 2] * 1e3,
        "p99": latencies[len(latencies) * 99 // 100] * 1e3,
        "failures": sum(caller.failures for caller in callers),
        "bytes_per_answer": sum(caller.bytes for caller in callers) / max(requests, 1),
    }


def main() -> None:
    url, seconds, connections = sys.argv[1:]
    sent = message(url, os.environ["BENCH_METHOD"], os.environ["BENCH_BODY"].encode(), os.environ["BENCH_TOKEN"])
    print(orjson.dumps(asyncio.run(load(url, float(seconds), int(connections), sent))).decode())


if __name__ == "__main__":
    main()
