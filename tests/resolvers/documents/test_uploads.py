"""The ledger of uploads: nothing is left behind, and nothing is taken away that a record names."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import timedelta

import pytest

from models.base import now
from models.document_upload import DocumentUpload
from ohms_graphql.database import Database
from ohms_graphql.documents.links import DocumentLinks
from ohms_graphql.documents.sealed_files import SealedFiles
from resolvers.documents.incoming_file import IncomingFile
from resolvers.documents.receiving import received
from resolvers.documents.store import DocumentFault
from resolvers.documents.uploads import (
    ABANDONED_AFTER,
    UploadEnded,
    begin_upload,
    keep_file,
    remove_abandoned,
    remove_unless_kept,
    renew_upload,
)
from resolvers.ports import Session


class Sent(IncomingFile):
    def __init__(self, *pieces: bytes) -> None:
        self.given = pieces

    async def pieces(self) -> AsyncIterator[bytes]:
        for piece in self.given:
            yield piece


@pytest.fixture
def store(database: Database) -> SealedFiles:
    links = DocumentLinks("https://clinic.example", "a secret of the tests that is long enough", now)
    return SealedFiles(database.database, lambda: database.keys.ring, links, 100_000_000)


async def _write(store: SealedFiles, file_id: str, content: bytes, *, finish: bool = True) -> None:
    async with store.writing(file_id) as writer:
        await writer.write(content)
        if finish:
            await writer.finish()


async def _read(store: SealedFiles, file_id: str) -> bytes:
    async with aclosing(store.reading(file_id)) as pieces:
        return b"".join([piece async for piece in pieces])


async def _count(database: Database, collection: str) -> int:
    return await database.database[collection].count_documents({})


async def test_what_was_left_behind_is_removed_and_what_is_alive_or_kept_is_not(database: Database, store: SealedFiles) -> None:
    dead, whole, alive, kept = [await begin_upload() for _ in range(4)]
    await _write(store, dead, bytes(3_000_000), finish=False)
    for file_id in (whole, alive, kept):
        await _write(store, file_id, b"%PDF-1.4")

    async def keep(session: Session) -> None:
        await keep_file(kept, session)

    await database.transaction(keep)
    later = now() + ABANDONED_AFTER + timedelta(minutes=1)
    await DocumentUpload.get_pymongo_collection().update_one({"_id": alive}, {"$set": {"alive_at": later}})
    assert await remove_abandoned(store, later) == 2
    left = await database.database["documents.files"].distinct("_id")
    assert sorted(left) == sorted([alive, kept])
    assert await _count(database, "documents.chunks") == 2
    assert [upload.id for upload in await DocumentUpload.find_all().to_list()] == [alive]
    assert await _read(store, kept) == b"%PDF-1.4"
    with pytest.raises(DocumentFault):
        await _read(store, whole)


async def test_a_sweep_that_died_is_done_again(database: Database, store: SealedFiles) -> None:
    file_id = await begin_upload()
    await _write(store, file_id, b"%PDF-1.4")
    await DocumentUpload.get_pymongo_collection().update_one({"_id": file_id}, {"$set": {"abandoned": True}})
    await database.database["documents.files"].delete_many({})
    assert await remove_abandoned(store, now() + ABANDONED_AFTER * 2) == 1
    assert await _count(database, "documents.chunks") == await _count(database, "document_uploads") == 0


async def test_a_file_is_kept_or_removed_and_never_both(database: Database, store: SealedFiles) -> None:
    """The race of a late record with the sweep, twenty times: whoever changes the row first."""
    kept = 0
    for _ in range(20):
        file_id = await begin_upload()
        await _write(store, file_id, b"%PDF-1.4")

        async def keep(session: Session, file_id: str = file_id) -> None:
            await keep_file(file_id, session)

        recording, _swept = await asyncio.gather(
            database.transaction(keep), remove_unless_kept(store, file_id), return_exceptions=True
        )
        if recording is None:
            kept += 1
            assert await _read(store, file_id) == b"%PDF-1.4"
        else:
            assert isinstance(recording, UploadEnded)
            assert await _count(database, "documents.files") == kept
        assert await _count(database, "document_uploads") == 0


async def test_who_was_taken_for_dead_hears_of_it(database: Database) -> None:
    file_id = await begin_upload()
    await renew_upload(file_id)
    await DocumentUpload.get_pymongo_collection().update_one({"_id": file_id}, {"$set": {"abandoned": True}})
    with pytest.raises(UploadEnded):
        await renew_upload(file_id)


async def test_a_cancelled_upload_leaves_nothing(database: Database, store: SealedFiles) -> None:
    entered, never = asyncio.Event(), asyncio.Event()

    async def take() -> None:
        async with received(store, Sent(b"%PDF-1.4", bytes(2_000_000))):
            entered.set()
            await never.wait()

    taking = asyncio.create_task(take())
    await entered.wait()
    assert await _count(database, "documents.files") == 1
    taking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await taking
    assert [await _count(database, name) for name in ("documents.files", "documents.chunks", "document_uploads")] == [0, 0, 0]


async def test_a_file_of_an_older_key_stays_readable(database: Database, store: SealedFiles) -> None:
    file_id = await begin_upload()
    await _write(store, file_id, bytes(1_500_000))
    await database.keys.promote("documents", await database.keys.add_key("documents"))
    newer = await begin_upload()
    await _write(store, newer, b"%PDF-1.4")
    assert await _read(store, file_id) == bytes(1_500_000)
    assert await _read(store, newer) == b"%PDF-1.4"
    files = await database.database["documents.files"].find().to_list()
    assert [file["metadata"]["key_id"] == database.keys.ring.primary_ids["documents"] for file in files] == [False, True]
