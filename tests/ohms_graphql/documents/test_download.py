"""GET /documents/{token}: as whom, how long, and what becomes of a file that somebody has changed."""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from models.account import Account, AccountStatus
from models.audit_event import AuditEvent, AuditOutcome
from models.base import now
from models.record import DocumentRecord, RecordStatus, RecordVersion, ReleaseHoldReason
from ohms_graphql.access_log import AccessLog
from ohms_graphql.documents.links import LIFETIME, DocumentLinks
from ohms_graphql.documents.routes import disposition
from ohms_graphql.settings import Settings
from resolvers.documents.store import DocumentFault
from tests.clinic import Clinic
from tests.ohms_graphql.documents.desk import Desk
from tests.ohms_graphql.documents.multipart_body import PDF

LARGE = PDF + bytes(range(250)) * 10_000  # three segments


async def _stored() -> DocumentRecord:
    stored = await DocumentRecord.find_one({"file": {"$ne": None}})
    assert stored is not None
    return stored


async def _set(document: type[Any], document_id: str, **fields: Any) -> None:
    await document.get_pymongo_collection().update_one({"_id": document_id}, {"$set": fields})


async def test_the_link_ends_with_the_right(desk: Desk, clinic: Clinic) -> None:
    url = (await desk.upload("alice", confidentiality="RESTRICTED"))["document"]["downloadUrl"]
    record, account = await _stored(), clinic.accounts["alice"]
    hold = {"reason": ReleaseHoldReason.RISK_OF_HARM.value, "until": now() + timedelta(days=1), "by_id": clinic.house.id}
    lost: list[tuple[type[Any], str, dict[str, Any], dict[str, Any]]] = [
        (Account, account.id, {"roles": []}, {"roles": ["PATIENT"]}),
        (Account, account.id, {"roles": ["STAFF"]}, {"roles": ["PATIENT"]}),
        (Account, account.id, {"status": AccountStatus.DEACTIVATED.value}, {"status": AccountStatus.ACTIVE.value}),
        (DocumentRecord, record.id, {"release.hold": hold}, {"release.hold": None}),
        (DocumentRecord, record.id, {"status": RecordStatus.ENTERED_IN_ERROR.value}, {"status": RecordStatus.FINAL.value}),
        (DocumentRecord, record.id, {"confidentiality": "VERY_RESTRICTED"}, {"confidentiality": "RESTRICTED"}),
        (DocumentRecord, record.id, {"patient_id": clinic.bob.id}, {"patient_id": clinic.alice.id}),
    ]
    for document, document_id, change, back in lost:
        await _set(document, document_id, **change)
        answer = await desk.http.get(url)
        assert (answer.status_code, answer.text) == (404, "This address is not good, or no longer."), change
        await _set(document, document_id, **back)
        assert (await desk.http.get(url)).content == PDF


async def test_made_up_altered_old_and_foreign_links_lead_nowhere(desk: Desk, settings: Settings, clinic: Clinic) -> None:
    good = (await desk.upload("house"))["document"]["downloadUrl"]
    record = await _stored()
    secret, house = settings.secret_key.get_secret_value(), clinic.accounts["house"].id
    links = DocumentLinks(settings.public_url, secret, now)
    old = DocumentLinks(settings.public_url, secret, lambda: now() - LIFETIME - timedelta(seconds=2))
    others = DocumentLinks(settings.public_url, "another secret of another deployment", now)
    assert record.id not in good
    tried = [
        old.address(house, record.id, 1),
        others.address(house, record.id, 1),
        good + "A",
        f"{settings.public_url}/documents/{record.id}",
        links.address(clinic.accounts["bob"].id, record.id, 1),
        links.address(clinic.accounts["staff"].id, record.id, 1),
        links.address(clinic.accounts["analyst"].id, record.id, 1),
        links.address(house, record.id, 2),
        links.address(house, clinic.document.id, 1),  # which has no file
        links.address(house, "0" * 26, 1),
    ]
    assert [(await desk.http.get(url)).status_code for url in tried] == [404] * len(tried)
    assert [(await desk.http.post(good)).status_code, (await desk.http.get(good)).status_code] == [405, 200]


async def test_an_earlier_version_is_downloaded_as_it_was(desk: Desk, clinic: Clinic) -> None:
    url = (await desk.upload("house"))["document"]["downloadUrl"]
    record = await _stored()
    collection = DocumentRecord.get_pymongo_collection()
    row = await collection.find_one({"_id": record.id})
    await RecordVersion(record_id=record.id, patient_id=clinic.alice.id, version=1, document=row or {}).insert()
    await _set(DocumentRecord, record.id, version=2, file=None)
    assert (await desk.http.get(url)).content == PDF
    await _set(DocumentRecord, record.id, status=RecordStatus.ENTERED_IN_ERROR.value)
    alices = desk.settings.public_url + "/documents/"
    links = DocumentLinks(desk.settings.public_url, desk.settings.secret_key.get_secret_value(), now)
    hidden = links.address(clinic.accounts["alice"].id, record.id, 1)
    assert hidden.startswith(alices)
    assert (await desk.http.get(hidden)).status_code == 404, "what hides a record hides its past"


async def test_the_download_is_in_the_trail_and_its_key_not_in_the_log(
    desk: Desk, clinic: Clinic, caplog: pytest.LogCaptureFixture
) -> None:
    url = (await desk.upload("alice"))["document"]["downloadUrl"]
    transport = desk.http._transport
    assert isinstance(transport, httpx.ASGITransport)
    with caplog.at_level("INFO", "ohms_graphql.access_log"):
        async with httpx.AsyncClient(transport=httpx.ASGITransport(AccessLog(transport.app))) as http:
            assert (await http.get(url)).content == PDF
    logged = [record.getMessage() for record in caplog.records if record.name == "ohms_graphql.access_log"]
    assert logged == ["GET /documents/... 200"]
    record = await _stored()
    [entry] = await AuditEvent.find({"action": "documents.download"}).to_list()
    assert (entry.actor_id, entry.patient_id) == (clinic.accounts["alice"].id, clinic.alice.id)
    assert (entry.subjects, entry.fields) == ([f"DocumentRecord:{record.id}"], ["DocumentRecord.downloadUrl"])
    await _set(DocumentRecord, record.id, patient_id=clinic.bob.id)
    assert (await desk.http.get(url)).status_code == 404
    assert await AuditEvent.find({"action": "documents.download", "outcome": AuditOutcome.DENIED.value}).count() == 1


async def _flip(files: Any, chunks: Any, number: int) -> None:
    chunk = await chunks.find_one({"n": number})
    data = bytearray(chunk["data"])
    data[len(data) // 2] ^= 1
    await chunks.update_one({"_id": chunk["_id"]}, {"$set": {"data": bytes(data)}})


async def _flip_first(files: Any, chunks: Any) -> None:
    await _flip(files, chunks, 0)


async def _flip_last(files: Any, chunks: Any) -> None:
    await _flip(files, chunks, 2)


async def _cut(files: Any, chunks: Any) -> None:
    await chunks.delete_one({"n": 2})
    await files.update_one({}, {"$set": {"length": 2 * 1_048_576}})


async def _lose(files: Any, chunks: Any) -> None:
    await chunks.delete_one({"n": 1})


async def _swap(files: Any, chunks: Any) -> None:
    for was, becomes in ((0, 9), (1, 0), (9, 1)):
        await chunks.update_one({"n": was}, {"$set": {"n": becomes}})


async def _take_for_another(files: Any, chunks: Any) -> None:
    """The whole file of one record is put in the place of another's."""
    file = await files.find_one({})
    await chunks.update_many({}, {"$set": {"files_id": "another"}})
    await files.insert_one({**file, "_id": "another"})
    await DocumentRecord.get_pymongo_collection().update_many({"file": {"$ne": None}}, {"$set": {"file.file_id": "another"}})


async def _lose_all(files: Any, chunks: Any) -> None:
    await files.delete_many({})


DAMAGES: dict[Callable[[Any, Any], Awaitable[None]], int] = {
    _flip_first: 0,
    _flip_last: 2,
    _cut: 2,
    _lose: 0,
    _swap: 0,
    _take_for_another: 0,
    _lose_all: 0,
}
"""With how many segments that may have been sent before."""


async def test_a_changed_file_is_a_fault_and_never_garbage(desk: Desk) -> None:
    database = DocumentRecord.get_pymongo_collection().database
    files, chunks = database["documents.files"], database["documents.chunks"]
    transport = desk.http._transport
    assert isinstance(transport, httpx.ASGITransport)
    for damage, sound in DAMAGES.items():
        url = (await desk.upload("alice", LARGE))["document"]["downloadUrl"]
        await damage(files, chunks)
        sent: list[Any] = []
        await _ask(transport.app, url.removeprefix(desk.settings.public_url), sent)
        came = b"".join(message.get("body", b"") for message in sent if sent[0]["status"] == 200)
        assert LARGE.startswith(came), damage
        assert len(came) <= sound * 1_048_576, damage
        assert sent[0]["status"] == (200 if sound else 500), damage
        if sound:
            assert not any(message["type"] == "http.response.body" and not message["more_body"] for message in sent), damage
        for collection in (files, chunks):
            await collection.delete_many({})
        await _set(DocumentRecord, (await _stored()).id, file=None)


async def _ask(app: Any, path: str, sent: list[Any]) -> None:
    """As a server asks: what the application raises makes it break the connection."""

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": [], "client": ("192.0.2.1", 1)}
    with pytest.raises(DocumentFault) as fault:
        await app({**scope, "asgi": {"version": "3.0", "spec_version": "2.4"}}, receive, send)
    assert re.fullmatch(r"The stored file \w+ cannot be decrypted as it was written\.", str(fault.value))


def test_an_attachment_whatever_it_is_called() -> None:
    assert disposition('a"b\\c%20\r\nd.pdf').startswith('attachment; filename="a_b_c_20__d.pdf"; ')
    assert disposition("ä;b.pdf") == "attachment; filename=\"_;b.pdf\"; filename*=UTF-8''%C3%A4%3Bb.pdf"
