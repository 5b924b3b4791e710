"""uploadDocument over HTTP: what comes back is what was sent, and nothing is left of what was refused."""

from typing import Any

from gridfs import AsyncGridFSBucket

from models.record import DocumentRecord
from tests.clinic import Clinic
from tests.graph import gid
from tests.ohms_graphql.conftest import authorization
from tests.ohms_graphql.documents.desk import NOTHING, Desk, left
from tests.ohms_graphql.documents.multipart_body import (
    BOUNDARY,
    MAP,
    PDF,
    UPLOAD,
    body,
    content_type,
    operations,
    part,
    upload,
)

BREAK = "mutation ($input: BreakGlassInput!) { breakGlass(input: $input) { errors { code } } }"


async def test_what_comes_down_is_what_went_up(desk: Desk, clinic: Clinic) -> None:
    large = PDF + bytes(2_500_000)
    done = await desk.upload("house", large, "Befund Müller.exe", appointment=gid(clinic.visit))
    assert done["errors"] == []
    document = done["document"]
    assert (document["contentType"], document["fileSize"]) == ("application/pdf", len(large))
    assert document["fileName"] == "Befund Müller.exe.pdf"
    answer = await desk.http.get(document["downloadUrl"])
    assert answer.content == large
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-length"] == str(len(large))
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"Befund M_ller.exe.pdf\"; filename*=UTF-8''Befund%20M%C3%BCller.exe.pdf"
    )
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    head = await desk.http.head(document["downloadUrl"])
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(large))
    assert await left() == {"records": 1, "files": 1, "chunks": 3, "uploads": 0}
    stored = await DocumentRecord.find_one({"file": {"$ne": None}})
    assert stored is not None
    assert (stored.author_id, stored.appointment_id) == (clinic.house.id, clinic.visit.id)


async def test_the_database_holds_a_gridfs_file_and_nothing_of_what_is_in_it(desk: Desk) -> None:
    content = b"Seen by Dr. House for lupus. " * 1000
    done = await desk.upload("alice", content, "lupus.txt", title="About lupus")
    assert done["document"]["contentType"] == "text/plain"
    collection = DocumentRecord.get_pymongo_collection()
    stored = await DocumentRecord.find_one({"file": {"$ne": None}})
    assert stored is not None
    assert stored.file is not None
    sealed = await (await AsyncGridFSBucket(collection.database, "documents").open_download_stream(stored.file.file_id)).read()
    raw = [await collection.database[name].find().to_list() for name in ("records", "documents.files")]
    for found in (sealed, repr(raw).encode()):
        assert b"lupus" not in found
        assert stored.file.sha256.encode() not in found
    [file] = await collection.database["documents.files"].find().to_list()
    assert file["filename"] == file["_id"] == stored.file.file_id


REFUSED = [
    (b"", "FILE_EMPTY", "empty"),
    (b"<!DOCTYPE html><p>Hello", "FILE_TYPE_NOT_TAKEN", "HTML"),
    (b"PK\x03\x04" + bytes(100), "FILE_TYPE_NOT_TAKEN", "by its content"),
    (b"Dear colleague, " * 100_000 + b"\x00", "FILE_TYPE_NOT_TAKEN", "text"),
    (PDF + bytes(8_000_000), "FILE_TOO_LARGE", "8000000"),
]


async def test_a_refused_file_leaves_nothing(desk: Desk) -> None:
    for content, code, says in REFUSED:
        [error] = (await desk.upload("alice", content))["errors"]
        assert (error["code"], error["path"]) == (code, ["file"])
        assert says in error["message"]
        assert await left() == NOTHING


BAD_INPUT: list[tuple[str, dict[str, str], str, str]] = [
    ("bob", {}, "NOT_FOUND", "patient"),
    ("stranger", {}, "NOT_FOUND", "patient"),
    ("alice", {"confidentiality": "VERY_RESTRICTED"}, "CONFIDENTIALITY_NOT_YOURS", "confidentiality"),
    ("alice", {"title": " "}, "INVALID", "title"),
    ("alice", {"code": "34133-8"}, "INVALID", "code"),
    ("alice", {"effectiveAt": "2099-01-01T00:00:00Z"}, "INVALID", "effectiveAt"),
]


async def test_bad_input_is_refused_without_reading_the_file(desk: Desk) -> None:
    for caller, given, code, path in BAD_INPUT:
        done = await desk.upload(caller, b"<html>", **given)  # of which nothing is said
        assert [(error["code"], error["path"]) for error in done["errors"]] == [(code, [path])]
    bobs = await desk.upload("alice", b"<html>", appointment=gid(desk.clinic.bobs_visit))
    assert [(error["code"], error["path"]) for error in bobs["errors"]] == [("NOT_FOUND", ["appointment"])]
    assert await left() == NOTHING


async def test_who_uploads_and_who_sees_it(desk: Desk, clinic: Clinic) -> None:
    scanned = await desk.upload("staff", PDF, title="Insurance card", code="64290-0")
    assert scanned["id"]
    proxied = await desk.upload("parent", PDF, patient=gid(clinic.child))
    assert proxied["document"]["title"] == "A scan"
    refused = await desk.upload("parent", PDF, patient=gid(clinic.child), confidentiality="RESTRICTED")
    assert refused["errors"][0]["code"] == "CONFIDENTIALITY_NOT_YOURS"
    ask = "query ($id: ID!) { record(id: $id) { ... on DocumentRecord { title downloadUrl } } }"
    seen: dict[str, Any] = {}
    for caller in ("alice", "house", "bob", "staff"):
        answer = await desk.http.post(
            "/graphql",
            json={"query": ask, "variables": {"id": scanned["id"]}},
            headers=authorization(desk.settings, clinic, caller),
        )
        seen[caller] = (answer.json().get("data") or {}).get("record")
    assert seen["alice"]["title"] == seen["house"]["title"] == "Insurance card"
    assert seen["bob"] is seen["staff"] is None


async def test_behind_broken_glass_a_provider_adds_what_they_can_still_see(desk: Desk, clinic: Clinic) -> None:
    given = {"patient": gid(clinic.bob), "purpose": "EMERGENCY", "reason": "Unconscious, brought in by ambulance."}
    assert (await desk.upload("house", patient=gid(clinic.bob)))["errors"][0]["code"] == "NOT_FOUND"
    broken = await desk.http.post("/graphql", json={"query": BREAK, "variables": {"input": given}}, headers=desk.token("house"))
    assert broken.json()["data"]["breakGlass"]["errors"] == [], broken.text
    done = await desk.upload("house", patient=gid(clinic.bob), confidentiality="RESTRICTED")
    assert done["document"]["title"] == "A scan"
    own = await desk.upload("house", patient=gid(clinic.bob), confidentiality="VERY_RESTRICTED")
    assert own["errors"][0]["code"] == "CONFIDENTIALITY_NOT_YOURS"


async def test_the_same_key_and_file_make_one_document(desk: Desk) -> None:
    first = await desk.upload("alice", PDF, idempotencyKey="k")
    again = await desk.upload("alice", PDF, idempotencyKey="k")
    assert first["id"] == again["id"]
    other = await desk.upload("alice", PDF + b"!", idempotencyKey="k")
    assert other["errors"][0]["code"] == "IDEMPOTENCY_CONFLICT"
    assert await left() == {"records": 1, "files": 1, "chunks": 1, "uploads": 0}


OPERATIONS = part("operations", operations(patient="x", title="x"))
MALFORMED = {
    "no boundary": (b"", {"content-type": "multipart/form-data"}),
    "no multipart": (b"hello", {}),
    "map first": (body(part("map", MAP), OPERATIONS), {}),
    "no map": (body(OPERATIONS, part("0", PDF, "a.pdf")), {}),
    "no file": (body(OPERATIONS, part("map", MAP)), {}),
    "operations is no JSON": (body(part("operations", b"{"), part("map", MAP)), {}),
    "a batch": (body(part("operations", b"[" + operations() + b"]"), part("map", MAP), part("0", PDF, "a.pdf")), {}),
    "map leads nowhere": (body(OPERATIONS, part("map", b'{"0": ["variables.input.no.such"]}'), part("0", PDF, "a")), {}),
    "not null": (body(OPERATIONS, part("map", b'{"0": ["variables.input.title"]}'), part("0", PDF, "a.pdf")), {}),
    "not a variable": (body(OPERATIONS, part("map", b'{"0": ["query"]}'), part("0", PDF, "a.pdf")), {}),
    "two files": (body(OPERATIONS, part("map", b'{"0": ["variables.a"], "1": ["variables.b"]}')), {}),
    "two paths": (body(OPERATIONS, part("map", b'{"0": ["variables.a", "variables.b"]}')), {}),
    "another part than map says": (body(OPERATIONS, part("map", MAP), part("1", PDF, "a.pdf")), {}),
    "no token": (body(OPERATIONS, part("map", MAP), part("0", PDF, "a.pdf")), {"authorization": ""}),
    "endless operations": (body(part("operations", b" " * 300_000)), {}),
}


async def test_what_is_no_upload_is_a_clear_refusal(desk: Desk) -> None:
    messages = set()
    for what, (content, headers) in MALFORMED.items():
        everything = content_type() | authorization(desk.settings, desk.clinic, "alice") | headers
        if everything["authorization"] == "":
            del everything["authorization"]
        answer = await desk.http.post("/graphql", content=content, headers=everything)
        assert answer.status_code == {"endless operations": 413, "no token": 415}.get(what, 400), (what, answer.text)
        [error] = answer.json()["errors"]
        assert error["extensions"]["code"] == "BAD_REQUEST"
        messages.add(error["message"])
    assert len(messages) > 10
    assert await left() == NOTHING


async def test_a_body_that_ends_wrongly_after_the_file_records_nothing(desk: Desk, clinic: Clinic) -> None:
    whole = upload(PDF, patient=gid(clinic.alice), title="x")
    for end in (b"", f"--{BOUNDARY}\r\n\r\n".encode(), part("1", PDF, "b.pdf")):
        answer = await desk.post("alice", whole.removesuffix(f"--{BOUNDARY}--\r\n".encode()) + end)
        assert answer.status_code == 400
        assert await left() == NOTHING


async def test_a_file_has_no_other_place_than_an_upload(desk: Desk, clinic: Clinic) -> None:
    for query in (
        "query ($input: String) { a: __typename b: node(id: $input) { id } }",
        "query ($input: FilterInput) { a: __typename }",
    ):
        given = b'{"query": "%s", "variables": {"input": null}}' % query.encode()
        content = body(part("operations", given), part("map", b'{"0": ["variables.input"]}'), part("0", PDF, "müller.pdf"))
        answer = await desk.post("alice", content)
        assert {error["extensions"]["code"] for error in answer.json()["errors"]} <= {
            "BAD_USER_INPUT",
            "GRAPHQL_VALIDATION_FAILED",
        }
        assert "ller" not in answer.text
    twice = """mutation ($input: UploadDocumentInput!) {
      a: uploadDocument(input: $input) { id } b: uploadDocument(input: $input) { id } }"""
    answer = await desk.post("alice", upload(PDF, query=twice, patient=gid(clinic.alice), title="x"))
    assert answer.json()["errors"][0]["message"].startswith("The file is used twice")
    without = {"query": UPLOAD, "variables": {"input": {"patient": gid(clinic.alice), "title": "x", "file": "abc"}}}
    answer = await desk.http.post("/graphql", json=without, headers=authorization(desk.settings, clinic, "alice"))
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    streamed = await desk.post("alice", upload(PDF, patient=gid(clinic.alice), title="x"), accept="text/event-stream")
    assert streamed.status_code == 415
