"""Uploads and downloads on a real socket: clients that are slow, that hang up, and that never hear of a refusal."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import pytest
from pymongo import MongoClient
from pymongo.database import Database

from ohms_graphql.settings import Settings
from tests.clinic import Clinic
from tests.graph import gid
from tests.ohms_graphql.conftest import authorization
from tests.ohms_graphql.documents.multipart_body import PDF, content_type, upload

LARGE = PDF + bytes(7_000_000)


@pytest.fixture
def stored(settings: Settings) -> Iterator[Database[dict[str, Any]]]:
    with MongoClient[dict[str, Any]](settings.mongodb_url) as client:
        yield client[settings.database]


class Wire:
    """Speaks HTTP/1.1 by hand."""

    def __init__(self, served: str) -> None:
        host, port = served.split(":")
        self.socket = socket.create_connection((host, int(port)), timeout=20)

    def close(self) -> None:
        self.socket.close()

    def head(self, method: str, path: str, headers: dict[str, str]) -> None:
        lines = [f"{method} {path} HTTP/1.1", "host: ohms.example", *(f"{name}: {value}" for name, value in headers.items())]
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())

    def answer(self) -> tuple[int, dict[str, str], bytes]:
        file = self.socket.makefile("rb")
        status = int(file.readline().split()[1])
        headers = {}
        while (line := file.readline().strip()) != b"":
            name, _, value = line.decode().partition(":")
            headers[name.lower()] = value.strip()
        return status, headers, file.read(int(headers["content-length"]))


def left(stored: Database[dict[str, Any]]) -> list[int]:
    names = ("documents.files", "documents.chunks", "document_uploads")
    return [stored[name].count_documents({}) for name in names]


def until_nothing_is_left(stored: Database[dict[str, Any]]) -> None:
    deadline = time.monotonic() + 10
    while left(stored) != [0, 0, 0]:
        assert time.monotonic() < deadline, left(stored)
        time.sleep(0.05)


def test_a_slow_sender_and_a_slow_reader_are_served(
    served: str, served_clinic: Clinic, settings: Settings, stored: Database[dict[str, Any]]
) -> None:
    content = upload(LARGE, patient=gid(served_clinic.alice), title="Slow")
    headers = content_type() | authorization(settings, served_clinic, "alice")
    with closing(Wire(served)) as wire:
        wire.head("POST", "/graphql", headers | {"transfer-encoding": "chunked", "expect": "100-continue"})
        assert wire.socket.recv(100).startswith(b"HTTP/1.1 100")
        begun = content[:700]
        pieces = [begun[i : i + 7] for i in range(0, len(begun), 7)] + [content[700:1000], content[1000:]]
        for number, piece in enumerate(pieces):
            wire.socket.sendall(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            if number % 20 == 0:
                time.sleep(0.01)
        wire.socket.sendall(b"0\r\n\r\n")
        status, _, body = wire.answer()
    assert status == 200
    document = json.loads(body)["data"]["uploadDocument"]["document"]
    with closing(Wire(served)) as wire:
        wire.head("GET", urlsplit(document["downloadUrl"]).path, {})
        time.sleep(0.3)
        status, headers, body = wire.answer()
    assert (status, headers["content-length"]) == (200, str(len(LARGE)))
    assert body == LARGE


def test_downloads_that_are_broken_off_hold_up_nobody(served: str, served_clinic: Clinic, settings: Settings) -> None:
    content = upload(LARGE, patient=gid(served_clinic.alice), title="Wanted")
    length = {"content-length": str(len(content))}
    with closing(Wire(served)) as wire:
        wire.head("POST", "/graphql", content_type() | authorization(settings, served_clinic, "alice") | length)
        wire.socket.sendall(content)
        _, _, body = wire.answer()
    path = urlsplit(json.loads(body)["data"]["uploadDocument"]["document"]["downloadUrl"]).path
    for _ in range(12):  # more than there are threads to decrypt
        with closing(Wire(served)) as wire:
            wire.head("GET", path, {})
            assert wire.socket.recv(100).startswith(b"HTTP/1.1 200")
    with closing(Wire(served)) as wire:
        wire.head("GET", path, {})
        assert wire.answer()[2] == LARGE


def test_who_hangs_up_leaves_nothing(
    served: str, served_clinic: Clinic, settings: Settings, stored: Database[dict[str, Any]]
) -> None:
    content = upload(LARGE, patient=gid(served_clinic.alice), title="Never whole")
    headers = content_type() | authorization(settings, served_clinic, "alice") | {"content-length": str(len(content))}
    with closing(Wire(served)) as wire:
        wire.head("POST", "/graphql", headers)
        wire.socket.sendall(content[:5_500_000])
        deadline = time.monotonic() + 10
        while left(stored)[1] < 2:
            assert time.monotonic() < deadline, left(stored)
            time.sleep(0.02)
    until_nothing_is_left(stored)
    assert stored["records"].count_documents({"file": {"$ne": None}}) == 0


def test_a_refusal_is_told_before_the_file_is_sent(
    served: str, served_clinic: Clinic, settings: Settings, stored: Database[dict[str, Any]]
) -> None:
    content = upload(LARGE, patient=gid(served_clinic.bob), title="Not mine")
    begun = content[: content.index(PDF)]
    tried = {
        "alice": "NOT_FOUND",  # not her record
        "analyst": "FORBIDDEN",  # nobody's
    }
    for caller, code in tried.items():
        headers = content_type() | authorization(settings, served_clinic, caller) | {"content-length": str(10**9)}
        with closing(Wire(served)) as wire:
            wire.head("POST", "/graphql", headers)
            wire.socket.sendall(begun)
            began = time.monotonic()
            status, answered, body = wire.answer()
            assert time.monotonic() - began < 8
        assert status == 200
        assert code in body.decode()
        assert answered["connection"] == "close"
    assert left(stored) == [0, 0, 0]


def test_a_size_that_is_announced_is_refused_at_once(served: str, served_clinic: Clinic, settings: Settings) -> None:
    content = upload(LARGE, patient=gid(served_clinic.alice), title="Huge")
    headers = content_type() | authorization(settings, served_clinic, "alice") | {"content-length": str(10**12)}
    with closing(Wire(served)) as wire:
        wire.head("POST", "/graphql", headers)
        wire.socket.sendall(content[: content.index(PDF)])
        _, _, body = wire.answer()
    assert b"FILE_TOO_LARGE" in body
