"""The parts of a multipart/form-data body (RFC 7578), one after the other, while they arrive.

Not Starlette's form parser: that one keeps files in memory or, in the clear, on disk. Here the sender waits for the reader.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import Enum, auto

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from ohms_graphql.graphql_request import UnreadableRequest

SILENCE_SECONDS = 60.0
"""A sender of whom nothing comes for so long is cut off."""


@dataclass(frozen=True, slots=True)
class Part:
    """``file_name`` is None for a part that is no file."""

    name: str
    file_name: str | None


class _Mark(Enum):
    END_OF_PART = auto()
    END_OF_BODY = auto()


class Parts:
    """Raises UnreadableRequest from all methods for a body that is not as it should be. One reader at a time."""

    def __init__(self, content_type: str, body: AsyncIterator[bytes], silence_seconds: float = SILENCE_SECONDS) -> None:
        boundary = parse_options_header(content_type)[1].get(b"boundary")
        if not boundary:
            raise UnreadableRequest("multipart/form-data needs a boundary.")
        self._body = body
        self._silence_seconds = silence_seconds
        self._events: deque[Part | bytes | _Mark] = deque()
        self._header_name = bytearray()
        self._header_value = bytearray()
        self._disposition = ""
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._on_part_begin,
                    "on_header_field": self._on_header_field,
                    "on_header_value": self._on_header_value,
                    "on_header_end": self._on_header_end,
                    "on_headers_finished": self._on_headers_finished,
                    "on_part_data": self._on_part_data,
                    "on_part_end": lambda: self._events.append(_Mark.END_OF_PART),
                    "on_end": lambda: self._events.append(_Mark.END_OF_BODY),
                },
            )
        except FormParserError:
            raise UnreadableRequest("The boundary of the body is too long.") from None

    async def next(self) -> Part | None:
        """The next part, once the one before was read to its end; None at the end of the body."""
        event = await self._event()
        return event if isinstance(event, Part) else None

    async def end(self) -> None:
        """Raises UnreadableRequest unless that was the last part."""
        if await self.next() is not None:
            raise UnreadableRequest("One file for each request: nothing may follow it.")

    async def data(self) -> AsyncIterator[bytes]:
        """What is in the part."""
        while isinstance(event := await self._event(), bytes):
            yield event

    async def _event(self) -> Part | bytes | _Mark:
        while not self._events:
            try:
                async with asyncio.timeout(self._silence_seconds):
                    piece = await anext(self._body)
            except StopAsyncIteration:
                raise UnreadableRequest("The body ends before its last boundary.") from None
            except TimeoutError:
                raise UnreadableRequest("Nothing came any more.", 408, {"connection": "close"}) from None
            self._parse(piece)
        return self._events.popleft()

    def _parse(self, piece: bytes) -> None:
        try:
            self._parser.write(piece)
        except FormParserError:
            raise UnreadableRequest("The body is no multipart/form-data as its boundary says.") from None

    def _on_part_begin(self) -> None:
        self._disposition = ""

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def _on_header_end(self) -> None:
        if self._header_name.lower() == b"content-disposition":
            self._disposition = self._header_value.decode("latin-1")
        self._header_name.clear()
        self._header_value.clear()

    def _on_headers_finished(self) -> None:
        _, options = parse_options_header(self._disposition)
        name = options.get(b"name")
        if name is None:
            raise UnreadableRequest("A part of the body has no name.")
        file_name = options.get(b"filename")
        self._events.append(Part(_text(name), None if file_name is None else _text(file_name)))

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        self._events.append(data[start:end])


def _text(value: bytes) -> str:
    """Browsers send UTF-8 as it is."""
    return value.decode("utf-8", "replace")
