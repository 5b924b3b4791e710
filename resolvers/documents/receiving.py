"""Taking a file in: what it is, how large it is, and into the store, piece by piece."""

import hashlib
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from models.base import now
from resolvers.documents.file_kind import ALLOWED, HEAD_BYTES, FileKind, TextCheck, UnknownKind, kind_of
from resolvers.documents.file_name import file_name
from resolvers.documents.incoming_file import IncomingFile
from resolvers.documents.store import DocumentStore
from resolvers.documents.uploads import RENEWED_EVERY, begin_upload, remove_unless_kept, renew_upload
from resolvers.user_errors import InvalidInput, Rejected

_PATH = ["file"]


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file that is whole in the store. ``size`` is in bytes, ``sha256`` in hexadecimal digits; both of the plain file."""

    file_id: str
    kind: FileKind
    name: str
    size: int
    sha256: str


@asynccontextmanager
async def received(store: DocumentStore, file: IncomingFile) -> AsyncIterator[ReceivedFile]:
    """Within the block the file is in the store; after it only if a record has kept it (``uploads.keep_file``).

    Raises Rejected for a kind or size that is not taken, BrokenUpload, and UploadEnded.
    """
    _check_announced(store, file)
    async with aclosing(_sized(store, file.pieces())) as pieces:
        head = await _head(pieces)
        kind = _kind(head)
        file_id = await begin_upload()
        try:
            size, digest = await _write(store, file_id, kind, head, pieces)
            yield ReceivedFile(file_id, kind, file_name(file.name, kind), size, digest)
        finally:
            await remove_unless_kept(store, file_id)


def _check_announced(store: DocumentStore, file: IncomingFile) -> None:
    if file.at_least > store.max_bytes:
        raise _too_large(store)


async def _sized(store: DocumentStore, pieces: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    size = 0
    async for piece in pieces:
        size += len(piece)
        if size > store.max_bytes:
            raise _too_large(store)
        yield piece


async def _head(pieces: AsyncIterator[bytes]) -> bytes:
    head = bytearray()
    async for piece in pieces:
        head += piece
        if len(head) >= HEAD_BYTES:
            break
    if not head:
        raise Rejected(InvalidInput(message="The file is empty.", code="FILE_EMPTY", path=_PATH))
    return bytes(head)


def _kind(head: bytes) -> FileKind:
    try:
        return kind_of(head[:HEAD_BYTES])
    except UnknownKind as unknown:
        raise _not_taken(unknown) from None


async def _write(store: DocumentStore, file_id: str, kind: FileKind, head: bytes, rest: AsyncIterator[bytes]) -> tuple[int, str]:
    text = TextCheck() if kind.is_text else None
    digest = hashlib.sha256()
    size = 0
    renewed = now()
    async with store.writing(file_id) as writer:
        async for piece in _both(head, rest):
            size += len(piece)
            digest.update(piece)
            _check_text(text, piece)
            await writer.write(piece)
            renewed = await _renew(file_id, renewed)
        _check_text(text, b"", last=True)
        await writer.finish()
    return size, digest.hexdigest()


async def _both(head: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield head
    async for piece in rest:
        yield piece


def _check_text(text: TextCheck | None, piece: bytes, *, last: bool = False) -> None:
    if text is None:
        return
    try:
        text.feed(piece, last=last)
    except UnknownKind as unknown:
        raise _not_taken(unknown) from None


async def _renew(file_id: str, renewed: datetime) -> datetime:
    instant = now()
    if instant - renewed < RENEWED_EVERY:
        return renewed
    await renew_upload(file_id)
    return instant


def _not_taken(unknown: UnknownKind) -> Rejected:
    message = f"The file is not taken: by its content it is {unknown.found}. Taken are {ALLOWED}."
    return Rejected(InvalidInput(message=message, code="FILE_TYPE_NOT_TAKEN", path=_PATH))


def _too_large(store: DocumentStore) -> Rejected:
    message = f"The file is larger than {store.max_bytes} bytes."
    return Rejected(InvalidInput(message=message, code="FILE_TOO_LARGE", path=_PATH))
