"""Files that older keys have encrypted, encrypted again with the primary one: beside running servers, resumable.

A file is written anew under a new id, and the records that name it change to that id in one transaction. The old one goes into
the ledger of uploads, which removes it after an hour: downloads of it that are under way come to their end.
"""

from collections.abc import Callable
from contextlib import aclosing
from typing import Any

from pymongo.asynchronous.database import AsyncDatabase

from models.base import now
from models.document_upload import DocumentUpload
from models.record import Record, RecordVersion
from ohms_graphql.documents.sealed_files import BUCKET, SealedFiles
from ohms_graphql.documents.sealing import StreamingRing
from ohms_graphql.keys.keysets import DOCUMENTS
from resolvers.documents.uploads import RENEWED_EVERY, begin_upload, keep_file, remove_unless_kept, renew_upload
from resolvers.ports import Session, Transactor

Progress = Callable[[str, int, int], object]
"""What, how many are done, how many there are."""


class _NotRecorded(Exception):
    """No record names the file: its upload is under way, or was given up."""


async def files_by_key(database: AsyncDatabase[dict[str, Any]]) -> dict[int, int]:
    """How many files each key has encrypted, by key id."""
    found = await database[BUCKET].files.aggregate([{"$group": {"_id": "$metadata.key_id", "count": {"$sum": 1}}}])
    return {row["_id"]: row["count"] async for row in found}


async def reseal_files(
    database: AsyncDatabase[dict[str, Any]],
    transaction: Transactor,
    files: SealedFiles,
    ring: StreamingRing,
    progress: Progress = lambda *_: None,
) -> int:
    """The number of files that were encrypted again. Run again after an interruption: what is done is passed over.

    Raises DocumentFault for a file that was changed; everything before it is done.
    """
    old = {"metadata.key_id": {"$ne": ring.primary_ids[DOCUMENTS]}}
    ids = [row["_id"] async for row in database[BUCKET].files.find(old, {"_id": 1}).sort("_id")]
    done = 0
    for number, file_id in enumerate(ids, start=1):
        done += await _reseal(transaction, files, file_id)
        progress("documents", number, len(ids))
    return done


async def _reseal(transaction: Transactor, files: SealedFiles, file_id: str) -> bool:
    fresh = await begin_upload()
    try:
        await _copy(files, file_id, fresh)

        async def work(session: Session) -> None:
            await _name(session, file_id, fresh)
            await keep_file(fresh, session)
            await DocumentUpload(id=file_id).insert(session=session)

        await transaction(work)
    except _NotRecorded:
        return False
    finally:
        await remove_unless_kept(files, fresh)
    return True


async def _copy(files: SealedFiles, file_id: str, fresh: str) -> None:
    renewed = now()
    async with files.writing(fresh) as writer, aclosing(files.reading(file_id)) as pieces:
        async for piece in pieces:
            await writer.write(piece)
            if now() - renewed > RENEWED_EVERY:
                await renew_upload(fresh)
                renewed = now()
        await writer.finish()


async def _name(session: Session, was: str, becomes: str) -> None:
    """Every record, and every earlier version of one, that names the file. Raises _NotRecorded where there is none."""
    count = 0
    for document, field in ((Record, "file.file_id"), (RecordVersion, "document.file.file_id")):
        changed = await document.get_pymongo_collection().update_many({field: was}, {"$set": {field: becomes}}, session=session)
        count += changed.matched_count
    if count == 0:
        raise _NotRecorded
