"""Files of older keys, encrypted again while people work."""

from datetime import timedelta
from typing import Any

from models.base import now
from models.document_upload import DocumentUpload
from models.record import DocumentRecord, Record, RecordVersion
from ohms_graphql.app import document_links
from ohms_graphql.database import open_database
from ohms_graphql.documents.resealing import files_by_key, reseal_files
from ohms_graphql.documents.sealed_files import SealedFiles
from ohms_graphql.settings import Settings
from resolvers.documents.uploads import ABANDONED_AFTER, begin_upload, remove_abandoned
from tests.ohms_graphql.documents.desk import Desk
from tests.ohms_graphql.documents.multipart_body import PDF


async def test_old_files_are_encrypted_again_and_stay_the_same(desk: Desk, settings: Settings) -> None:
    done = [(await desk.upload("alice", PDF + bytes([number])))["document"] for number in range(2)]
    records = Record.get_pymongo_collection()
    row = await records.find_one({"file": {"$ne": None}})
    assert row is not None
    await RecordVersion(record_id=row["_id"], patient_id=row["patient_id"], version=1, document=row).insert()
    async with open_database(settings.mongodb_url or "", settings.database) as database:
        files = SealedFiles(database.database, lambda: database.keys.ring, document_links(settings), 10**8)
        first = database.keys.ring.primary_ids["documents"]
        unrecorded = await begin_upload()
        async with files.writing(unrecorded) as writer:
            await writer.finish()
        newer = await database.keys.add_key("documents")
        await database.keys.promote("documents", newer)
        assert await files_by_key(database.database) == {first: 3}
        told: list[Any] = []
        again = await reseal_files(
            database.database, database.transaction, files, database.keys.ring, lambda *step: told.append(step)
        )
        assert again == 2
        assert told == [("documents", number, 3) for number in (1, 2, 3)]
        assert await reseal_files(database.database, database.transaction, files, database.keys.ring) == 0
        assert await DocumentUpload.find_all().count() == 3, "the old files wait for their end"
        assert await remove_abandoned(files, now() + ABANDONED_AFTER + timedelta(minutes=1)) == 3
        assert await files_by_key(database.database) == {newer: 2}
        version = await RecordVersion.find_one()
        assert version is not None
        current = await records.find_one({"_id": row["_id"]})
        assert current is not None
        assert version.document["file"]["file_id"] == current["file"]["file_id"] != row["file"]["file_id"]
        for document in await DocumentRecord.find({"file": {"$ne": None}}).to_list():
            assert document.file is not None
            content = b"".join([piece async for piece in files.reading(document.file.file_id)])
            assert content in {PDF + b"\0", PDF + b"\1"}
    assert len(done) == 2


async def test_files_are_found_through_indexes(desk: Desk) -> None:
    for document, field in ((Record, "file.file_id"), (RecordVersion, "document.file.file_id")):
        plan = await document.get_pymongo_collection().find({field: "0" * 26}).explain()
        assert "IXSCAN" in str(plan["queryPlanner"]["winningPlan"]), field
    sweep = {"alive_at": {"$lt": now()}}
    plan = await DocumentUpload.get_pymongo_collection().find(sweep).explain()
    assert "IXSCAN" in str(plan["queryPlanner"]["winningPlan"])
