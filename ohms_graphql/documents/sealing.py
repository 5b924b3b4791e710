"""Tink's streaming encryption (AES-256-GCM-HKDF in segments of 1 MiB), whose streams are synchronous, between asynchronous ends.

Each segment is authenticated with its place and with whether it is the last: what was altered, cut, moved or put together anew
ends in a fault at that segment, and not a byte of it is given out.
"""

import asyncio
import io
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

import tink
from tink import streaming_aead

T = TypeVar("T")

_PIECE_BYTES = 1_048_576
_THREADS = ThreadPoolExecutor(max_workers=8, thread_name_prefix="decrypting")
"""Not the loop's own: the driver needs those to connect, and a thread here may wait for the driver."""


class StreamingRing(Protocol):
    """The part of ``ohms_graphql.keys.ring.TinkKeyRing`` that documents need."""

    streaming: streaming_aead.StreamingAead
    primary_ids: dict[str, int]


class NotAsWritten(Exception):
    """The ciphertext is not what was written here with a key of this ring."""


class Sealing:
    """Encrypts what is written to it; ``taken`` gives the ciphertext that came of it since."""

    def __init__(self, primitive: streaming_aead.StreamingAead, place: str) -> None:
        self._out = _Outbox()
        self._stream: Any = primitive.new_encrypting_stream(self._out, place.encode())

    def write(self, piece: bytes) -> None:
        self._stream.write(piece)

    def close(self) -> None:
        """The last segment."""
        self._stream.close()

    def taken(self, size: int) -> bytes | None:
        """So many bytes, or None while there are not as many."""
        return self._out.take(size) if len(self._out.held) >= size else None

    def rest(self) -> bytes:
        return self._out.take(len(self._out.held))


class _Outbox(io.RawIOBase):
    def __init__(self) -> None:
        super().__init__()
        self.held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self.held += piece
        return len(piece)

    def take(self, size: int) -> bytes:
        taken = bytes(self.held[:size])
        del self.held[:size]
        return taken


async def opened(
    primitive: streaming_aead.StreamingAead, place: str, sealed: AsyncIterator[bytes]
) -> AsyncGenerator[bytes, None]:
    """The plain bytes. Raises NotAsWritten, and what ``sealed`` raises. A thread works only while a piece is asked for."""
    source = _Source(sealed, asyncio.get_running_loop())
    stream = await _in_thread(lambda: _or_refused(lambda: primitive.new_decrypting_stream(source, place.encode()), source))
    while True:
        piece: bytes = await _in_thread(lambda: _or_refused(lambda: stream.read(_PIECE_BYTES), source))
        if not piece:
            return
        yield piece


class _Source(io.RawIOBase):
    """What a thread reads: each chunk is fetched by the loop, while the thread waits."""

    def __init__(self, sealed: AsyncIterator[bytes], loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self.failure: BaseException | None = None
        self._sealed = sealed
        self._loop = loop
        self._held = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if not self._held:
            try:
                self._held = asyncio.run_coroutine_threadsafe(self._next(), self._loop).result()
            except BaseException as failure:
                self.failure = failure  # Tink makes another error of it
                raise
        taken = self._held if size < 0 else self._held[:size]
        self._held = self._held[len(taken) :]
        return taken

    async def _next(self) -> bytes:
        return await anext(self._sealed, b"")


def _or_refused(work: Callable[[], T], source: _Source) -> T:
    try:
        return work()
    except (tink.TinkError, ValueError):
        if source.failure is not None:
            raise source.failure from None
        raise NotAsWritten from None


async def _in_thread(work: Callable[[], T]) -> T:
    """Waits for the thread also when cancelled: the driver's reads must not be cut off in their middle."""
    running = asyncio.get_running_loop().run_in_executor(_THREADS, work)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        if not running.cancelled():
            running.exception()  # looked at, so that it is not told of as forgotten
        raise
