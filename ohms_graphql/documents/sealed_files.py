"""Files in GridFS, encrypted before they reach it: a ``resolvers.documents.store.DocumentStore``.

The layout is that of the GridFS specification, written and read a chunk at a time. PyMongo's own streams gather 48 MB before they
write and 16 MB when they read: too much for each of many transfers. GridFS knows a file by a random id and nothing else.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from typing import Any

from bson import Int64
from gridfs import AsyncGridFSBucket
from gridfs.errors import NoFile
from pymongo.asynchronous.database import AsyncDatabase

from models.base import now
from ohms_graphql.documents.links import DocumentLinks
from ohms_graphql.documents.sealing import NotAsWritten, Sealing, StreamingRing, opened
from ohms_graphql.keys.keysets import DOCUMENTS
from resolvers.documents.store import DocumentFault

BUCKET = "documents"
CHUNK_BYTES = 1_048_576


class SealedFiles:
    """``ring`` gives the ring in use: a new file is encrypted with its primary key, whose id is noted beside the file."""

    def __init__(
        self, database: AsyncDatabase[dict[str, Any]], ring: Callable[[], StreamingRing], links: DocumentLinks, max_bytes: int
    ) -> None:
        self.max_bytes = max_bytes
        self._bucket = AsyncGridFSBucket(database, BUCKET)
        self._files = database[BUCKET].files
        self._chunks = database[BUCKET].chunks
        self._ring = ring
        self._links = links
        self._indexed = False

    @asynccontextmanager
    async def writing(self, file_id: str) -> AsyncIterator["SealedFile"]:
        await self._build_indexes()
        ring = self._ring()
        yield SealedFile(self._files, self._chunks, file_id, ring)

    async def reading(self, file_id: str) -> AsyncGenerator[bytes, None]:
        stored = await self._files.find_one({"_id": file_id})
        if stored is None:
            raise DocumentFault(file_id)
        try:
            async with (
                aclosing(self._sealed(stored)) as sealed,
                aclosing(opened(self._ring().streaming, _place(file_id), sealed)) as pieces,
            ):
                async for piece in pieces:
                    yield piece
        except NotAsWritten:
            raise DocumentFault(file_id) from None

    async def remove(self, file_id: str) -> None:
        with suppress(NoFile):  # which one that is not finished is; its chunks are removed nevertheless
            await self._bucket.delete(file_id)

    def address(self, account_id: str, record_id: str, version: int) -> str:
        return self._links.address(account_id, record_id, version)

    async def _sealed(self, stored: dict[str, Any]) -> AsyncGenerator[bytes, None]:
        """Each chunk by itself: no cursor that a slow reader could outlive."""
        for number in range(-(-stored["length"] // stored["chunkSize"])):
            chunk = await self._chunks.find_one({"files_id": stored["_id"], "n": number}, {"data": 1})
            if chunk is None:
                raise DocumentFault(stored["_id"])
            yield bytes(chunk["data"])

    async def _build_indexes(self) -> None:
        """Those that the GridFS specification asks for."""
        if not self._indexed:
            await self._files.create_index([("filename", 1), ("uploadDate", 1)])
            await self._chunks.create_index([("files_id", 1), ("n", 1)], unique=True)
            self._indexed = True


class SealedFile:
    """A file that is being written. Chunks of one that is not finished are there, and no file that has them."""

    def __init__(self, files: Any, chunks: Any, file_id: str, ring: StreamingRing) -> None:
        self._files = files
        self._chunks = chunks
        self._file_id = file_id
        self._key_id = ring.primary_ids[DOCUMENTS]
        self._sealing = Sealing(ring.streaming, _place(file_id))
        self._count = 0
        self._length = 0

    async def write(self, piece: bytes) -> None:
        self._sealing.write(piece)
        await self._store_whole_chunks()

    async def finish(self) -> None:
        self._sealing.close()
        await self._store_whole_chunks()
        if rest := self._sealing.rest():
            await self._store(rest)
        await self._files.insert_one(
            {
                "_id": self._file_id,
                "filename": self._file_id,
                "length": Int64(self._length),
                "chunkSize": CHUNK_BYTES,
                "uploadDate": now(),
                "metadata": {"key_id": self._key_id},
            }
        )

    async def _store_whole_chunks(self) -> None:
        while (chunk := self._sealing.taken(CHUNK_BYTES)) is not None:
            await self._store(chunk)

    async def _store(self, chunk: bytes) -> None:
        await self._chunks.insert_one({"files_id": self._file_id, "n": self._count, "data": chunk})
        self._count += 1
        self._length += len(chunk)


def _place(file_id: str) -> str:
    """What the ciphertext is bound to."""
    return f"{BUCKET}:{file_id}"
