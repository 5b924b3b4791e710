"""The ledger of files that no record names yet: held by the database, so that no file is left behind and none is taken away.

A file is kept by the transaction that writes its record and takes its row; it is removed by whoever has marked its row as
abandoned. The two exclude each other: both change the row.
"""

import asyncio
from datetime import datetime, timedelta

from models.base import now
from models.document_upload import DocumentUpload
from models.identity import new_id
from resolvers.documents.store import DocumentStore
from resolvers.errors import ExpectedError
from resolvers.ports import Session

ABANDONED_AFTER = timedelta(hours=1)
"""Without a sign of life. A sender who is silent for a minute is cut off long before."""

RENEWED_EVERY = timedelta(minutes=1)

_under_way: set[asyncio.Task[bool]] = set()
"""The loop itself would forget them."""


class UploadEnded(ExpectedError):
    """The file was taken for abandoned, and is being removed."""

    def __init__(self) -> None:
        super().__init__("The upload took too long: send the file again.", "UPLOAD_ENDED")


async def begin_upload() -> str:
    """The id of a new file."""
    upload = DocumentUpload(id=new_id())
    await upload.insert()
    return upload.id


async def renew_upload(file_id: str) -> None:
    """Its bytes are coming. Raises UploadEnded."""
    collection = DocumentUpload.get_pymongo_collection()
    renewed = await collection.update_one({"_id": file_id, "abandoned": False}, {"$set": {"alive_at": now()}})
    if renewed.matched_count == 0:
        raise UploadEnded


async def keep_file(file_id: str, session: Session) -> None:
    """A record names it, written in the same transaction. Raises UploadEnded."""
    kept = await DocumentUpload.get_pymongo_collection().delete_one({"_id": file_id, "abandoned": False}, session=session)
    if kept.deleted_count == 0:
        raise UploadEnded


async def remove_unless_kept(store: DocumentStore, file_id: str) -> None:
    """At the end of an upload, however it ended. Goes on when the operation is cancelled."""
    removing = asyncio.create_task(_remove_if(store, {"_id": file_id}))
    _under_way.add(removing)
    removing.add_done_callback(_under_way.discard)
    await asyncio.shield(removing)


async def remove_abandoned(store: DocumentStore, instant: datetime) -> int:
    """What an end of the server or of the connection to the database left behind. How many there were."""
    count = 0
    while await _remove_if(store, {"alive_at": {"$lt": instant - ABANDONED_AFTER}}):
        count += 1
    return count


async def _remove_if(store: DocumentStore, within: dict[str, object]) -> bool:
    """The row goes last: whoever dies in between leaves it for the next."""
    collection = DocumentUpload.get_pymongo_collection()
    row = await collection.find_one_and_update(within, {"$set": {"abandoned": True}})
    if row is None:
        return False
    await store.remove(row["_id"])
    await collection.delete_one({"_id": row["_id"]})
    return True
