"""An operation with a file, after the GraphQL multipart request specification (jaydenseric/graphql-multipart-request-spec).

First ``operations``, then ``map``, then the file, of which nothing is read before the operation asks for it: who may not upload
is answered at once. One file in each request.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from ohms_graphql.documents.multipart import Part, Parts
from ohms_graphql.graphql_request import MAX_BODY_BYTES, GraphQLRequest, UnreadableRequest, checked_request
from ohms_graphql.request_header import request_header
from resolvers.documents.incoming_file import BrokenUpload, IncomingFile

MULTIPART = "multipart/form-data"
_MAX_MAP_BYTES = 1000
_DRAINED_BYTES = 1_048_576
_DRAIN_SECONDS = 1.0
"""How much of a refused upload is read, so that the sender comes to hear why."""

_ENVELOPE_BYTES = MAX_BODY_BYTES + 10_000
"""What a body has besides the file, at most."""


def brings_file(request: Request) -> bool:
    content_type = request_header(request, b"content-type") or ""
    if content_type == "application/json":  # nearly always
        return False
    return request.method == "POST" and content_type.partition(";")[0].strip().lower() == MULTIPART


class UploadRequest:
    """``asked`` has the file among its variables. ``answered`` must be called, so that the connection is left in order."""

    def __init__(self, asked: GraphQLRequest, file: "_FileOfRequest") -> None:
        self.asked = asked
        self._file = file

    async def answered(self, run: Callable[[], Awaitable[Response]]) -> Response:
        """What ``run`` answers. Raises UnreadableRequest or ClientDisconnect when that is why it failed."""
        response = await run()
        if self._file.failure is not None:
            raise self._file.failure
        if not await self._file.drain():
            response.headers["connection"] = "close"
        return response


async def read_upload(request: Request) -> UploadRequest:
    """Reads up to where the file begins. Raises UnreadableRequest."""
    if "authorization" not in request.headers:
        # Pages of other origins can send forms without asking: so nothing is taken that does not show its token.
        message = "The body must be application/json in UTF-8; multipart/form-data is taken with a bearer token only."
        raise UnreadableRequest(message, 415, {"accept-post": "application/json"})
    parts = Parts(request.headers["content-type"], aiter(request.stream()))
    operations = await _field(parts, "operations", MAX_BODY_BYTES)
    name, path = _mapped(await _field(parts, "map", _MAX_MAP_BYTES))
    asked = checked_request(operations)
    part = await parts.next()
    if part is None or part.name != name or part.file_name is None:
        raise UnreadableRequest("After map comes the file that it names.")
    announced = request.headers.get("content-length", "")
    file = _FileOfRequest(parts, part, max(0, int(announced) - _ENVELOPE_BYTES) if announced.isdecimal() else 0)
    _put(operations, path, file)
    return UploadRequest(asked, file)


async def _field(parts: Parts, name: str, limit: int) -> Any:
    part = await parts.next()
    if part is None or part.name != name or part.file_name is not None:
        raise UnreadableRequest("The parts of the body are operations, map and the file, in this order.")
    text = bytearray()
    async for piece in parts.data():
        text += piece
        if len(text) > limit:
            raise UnreadableRequest(f"{name} has more than {limit} bytes.", 413, {"connection": "close"})
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise UnreadableRequest(f"{name} is not JSON: line {error.lineno}, column {error.colno}.") from None


def _mapped(given: Any) -> tuple[str, list[str]]:
    """The name of the file's part, and the path of its variable."""
    if not isinstance(given, dict) or len(given) != 1:
        raise UnreadableRequest("map must be a JSON object with one entry: one file for each request.")
    [(name, paths)] = given.items()
    if not isinstance(paths, list) or len(paths) != 1 or not isinstance(paths[0], str):
        raise UnreadableRequest("map must give a list with one path, such as variables.input.file.")
    path = paths[0].split(".")
    if path[0] != "variables" or len(path) < 2:
        raise UnreadableRequest("The path in map must begin with variables.")
    return name, path


def _put(operations: dict[str, Any], path: list[str], file: IncomingFile) -> None:
    """Puts the file where the map says, in place of the null that must be there."""
    place: Any = operations
    for step in path[:-1]:
        place = _at(place, step)
    if _at(place, path[-1]) is not None:
        raise UnreadableRequest("Where map puts the file, the variables must be null.")
    place[int(path[-1]) if isinstance(place, list) else path[-1]] = file


def _at(place: Any, step: str) -> Any:
    if isinstance(place, dict) and step in place:
        return place[step]
    if isinstance(place, list) and step.isdecimal() and len(step) < 6 and int(step) < len(place):
        return place[int(step)]
    raise UnreadableRequest("The path in map leads nowhere in the variables.")


class _FileOfRequest(IncomingFile):
    """``failure`` is why reading it ended early."""

    def __init__(self, parts: Parts, part: Part, at_least: int) -> None:
        self._parts = parts
        self._taken = False
        self._ended = False
        self.name = part.file_name
        self.at_least = at_least
        self.failure: UnreadableRequest | ClientDisconnect | None = None

    def pieces(self) -> AsyncIterator[bytes]:
        if self._taken:
            raise BrokenUpload("The file is used twice: send it again in a request of its own.")
        self._taken = True
        return self._pieces()

    async def _pieces(self) -> AsyncIterator[bytes]:
        try:
            async for piece in self._parts.data():
                yield piece
            await self._parts.end()  # before the operation does anything with what looks like a whole file
        except (UnreadableRequest, ClientDisconnect) as failure:
            self.failure = failure
            raise BrokenUpload("The file did not come whole.") from None
        self._ended = True

    async def drain(self) -> bool:
        """Reads the rest, within bounds. Whether that was all."""
        size = 0
        try:
            async with asyncio.timeout(_DRAIN_SECONDS):
                while not self._ended:
                    async for piece in self._parts.data():
                        size += len(piece)
                        if size > _DRAINED_BYTES:
                            return False
                    self._ended = await self._parts.next() is None
        except (UnreadableRequest, ClientDisconnect, TimeoutError):
            return False
        return True
