"""GET and HEAD /documents/{token}: a document of the record, decrypted while it is sent."""

import re
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from models.record import DocumentRecord
from models.record.documents import DocumentFile
from ohms_graphql.documents.links import DOCUMENTS, DocumentLinks
from resolvers.audit.settling import settle
from resolvers.context import RequestContext
from resolvers.documents.downloading import find_document
from resolvers.documents.file_kind import PLAIN_TEXT
from resolvers.errors import ExpectedError

OpenContext = Callable[[str | None, str], Awaitable[RequestContext]]

_HEADERS = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex",
    "x-content-type-options": "nosniff",
    # A browser that shows it against our wish runs nothing of it, and as of nobody's origin.
    "content-security-policy": "sandbox; default-src 'none'",
}
_GONE = "This address is not good, or no longer."


def document_routes(links: DocumentLinks, open_context: OpenContext) -> list[Route]:
    """Who asks is known by the address alone; ``open_context(None, address)`` begins as nobody."""

    async def download(request: Request) -> Response:
        link = links.read(request.path_params["token"])
        if link is None:
            return _gone()
        context = await open_context(None, request.client.host if request.client else "")
        document = await find_document(context, link.account_id, link.record_id, link.version)
        try:
            await settle(context)
        except ExpectedError as unavailable:
            return PlainTextResponse(unavailable.message, 503, _HEADERS)
        if document is None or document.file is None:
            return _gone()
        headers = _headers_of(document, document.file)
        if request.method == "HEAD":
            return Response(headers=headers)
        pieces = context.ports.documents.reading(document.file.file_id)
        # The first piece before the first header: what cannot be decrypted at all is a fault with a status of its own.
        first = await anext(pieces, b"")
        return StreamingResponse(_after(first, pieces), headers=headers)

    return [Route(DOCUMENTS + "/{token}", download, methods=["GET"])]


def _gone() -> Response:
    """The same for an address that was never good, that is good no longer, and for what its owner may not see any more."""
    return PlainTextResponse(_GONE, 404, _HEADERS)


def _headers_of(document: DocumentRecord, file: DocumentFile) -> dict[str, str]:
    # No kind that is taken is HTML (resolvers.documents.file_kind), and text is known to be UTF-8.
    charset = "; charset=utf-8" if document.content_type == PLAIN_TEXT.media_type else ""
    return _HEADERS | {
        "content-type": document.content_type + charset,
        "content-length": str(file.size),
        "content-disposition": disposition(file.name),
        "accept-ranges": "none",
    }


def disposition(name: str) -> str:
    """Always an attachment (RFC 6266); the name for old programs in ASCII, then whole (RFC 8187)."""
    plain = re.sub(r'[^ -~]|["\\%]', "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


async def _after(first: bytes, rest: AsyncGenerator[bytes, None]) -> AsyncIterator[bytes]:
    """A fault in the middle goes up to the server, which breaks the connection: fewer bytes came than were announced."""
    async with aclosing(rest) as pieces:
        yield first
        async for piece in pieces:
            yield piece
