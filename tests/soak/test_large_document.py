"""A large document goes up and comes down again, in memory that does not grow with it.

64 MiB here; `make soak` takes 1 GiB (OHMS_SOAK=1). The peak is that of a real server process, as the kernel counts it.
"""

import asyncio
import hashlib
import json
import os
import random
import signal
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from ohms_graphql.database import open_database
from ohms_graphql.settings import Settings, load_settings
from tests.clinic import Clinic
from tests.graph import gid
from tests.ohms_graphql.conftest import authorization
from tests.ohms_graphql.documents.multipart_body import content_type, upload
from tests.signing_key import plant_signing_key
from tests.soak.server_processes import ServerProcess

FULL = os.environ.get("OHMS_SOAK") == "1"
MIB = 1_048_576
SIZE = 1024 * MIB if FULL else 64 * MIB
MOST_EXTRA = 100 * MIB if FULL else 40 * MIB
"""The smaller file would fit into the hundred: whoever keeps it whole takes more than forty."""


def _content() -> Iterator[bytes]:
    """A PDF by its beginning, that cannot be compressed and repeats nowhere."""
    block = random.Random(1).randbytes(MIB)
    yield b"%PDF-1.7\n" + block[9:]
    for number in range(1, SIZE // MIB):
        yield number.to_bytes(8) + block[8:]


def _body(patient: str) -> Iterator[bytes]:
    mark = b"-- here comes the file --"
    before, after = upload(mark, patient=patient, title="A large study").split(mark)
    yield before
    yield from _content()
    yield after


class Peak:
    """The memory of a process, in bytes: ``now``, and the highest since it was made."""

    def __init__(self, process_id: int) -> None:
        self._folder = Path(f"/proc/{process_id}")
        (self._folder / "clear_refs").write_text("5")  # proc(5): the peak begins anew
        self.before = self._read("VmRSS")

    @property
    def extra(self) -> int:
        return self._read("VmHWM") - self.before

    def _read(self, name: str) -> int:
        lines = (self._folder / "status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))


def _upload(port: int, patient: str, headers: dict[str, str]) -> Any:
    connection = HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("POST", "/graphql", _body(patient), headers | content_type(), encode_chunked=True)
    answer = json.loads(connection.getresponse().read())
    connection.close()
    assert answer["data"]["uploadDocument"]["errors"] == [], answer
    return answer["data"]["uploadDocument"]["document"]


def _download(port: int, url: str) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("GET", urlsplit(url).path)
    response = connection.getresponse()
    digest, size = hashlib.sha256(), 0
    while piece := response.read(MIB):
        digest.update(piece)
        size += len(piece)
    connection.close()
    return size, digest.hexdigest()


async def _clinic(settings: Settings) -> Clinic:
    async with open_database(settings.mongodb_url or "", settings.database):
        return await Clinic().stored()


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's figures are Linux's")
def test_a_large_document_in_little_memory(mongodb_url: str, database_name: str, tmp_path: Path) -> None:
    settings = load_settings({"OHMS_MONGODB_URL": mongodb_url, "OHMS_DATABASE": database_name})
    plant_signing_key(settings)
    clinic = asyncio.run(_clinic(settings))
    headers = authorization(settings, clinic, "alice")
    server = ServerProcess(settings, tmp_path / "server.log")
    asyncio.run(server.start())
    try:
        process = server._process
        assert process is not None
        began = time.monotonic()
        peak = Peak(process.pid)
        document = _upload(server.port, gid(clinic.alice), headers)
        up, extra_up = time.monotonic() - began, peak.extra
        assert document["fileSize"] == SIZE
        began = time.monotonic()
        peak = Peak(process.pid)
        size, digest = _download(server.port, document["downloadUrl"])
        down, extra_down = time.monotonic() - began, peak.extra
        asyncio.run(server.end(signal.SIGTERM))
    finally:
        server.end_now()
    expected = hashlib.sha256()
    for piece in _content():
        expected.update(piece)
    assert (size, digest) == (SIZE, expected.hexdigest())
    for name, seconds, extra in (("up", up, extra_up), ("down", down, extra_down)):
        print(f"{SIZE // MIB} MiB {name}: {seconds:.1f} s, {extra / MIB:.0f} MiB more than before")
    assert extra_up < MOST_EXTRA
    assert extra_down < MOST_EXTRA
