"""Sending uploads as somebody, and looking at what is left of them."""

import re
from typing import Any

import httpx

from models.document_upload import DocumentUpload
from models.record import DocumentRecord
from ohms_graphql.settings import Settings
from tests.clinic import Clinic
from tests.graph import gid
from tests.ohms_graphql.conftest import authorization
from tests.ohms_graphql.documents.multipart_body import PDF, UPLOAD, content_type, upload


class Desk:
    """Sends uploads as somebody."""

    def __init__(self, http: httpx.AsyncClient, settings: Settings, clinic: Clinic) -> None:
        self.http = http
        self.settings = settings
        self.clinic = clinic

    def token(self, caller: str) -> dict[str, str]:
        return authorization(self.settings, self.clinic, caller)

    async def post(self, caller: str, content: bytes, **headers: str) -> httpx.Response:
        everything = content_type() | self.token(caller) | headers
        return await self.http.post("/graphql", content=content, headers=everything)

    async def upload(self, caller: str, content: bytes = PDF, file_name: str = "scan.pdf", **given: Any) -> Any:
        query = UPLOAD if caller != "staff" else re.sub(r"document \{.*?\} ", "", UPLOAD)
        given = {"patient": gid(self.clinic.alice), "title": "A scan"} | given
        answer = await self.post(caller, upload(content, file_name, query, **given))
        assert answer.status_code == 200, answer.text
        assert "errors" not in answer.json(), answer.text
        return answer.json()["data"]["uploadDocument"]


async def left() -> dict[str, int]:
    """Everything that an upload could leave."""
    database = DocumentRecord.get_pymongo_collection().database
    return {
        "records": await DocumentRecord.find({"file": {"$ne": None}}).count(),
        "files": await database["documents.files"].count_documents({}),
        "chunks": await database["documents.chunks"].count_documents({}),
        "uploads": await DocumentUpload.find_all().count(),
    }


NOTHING = {"records": 0, "files": 0, "chunks": 0, "uploads": 0}
