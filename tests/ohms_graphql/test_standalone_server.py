"""A MongoDB without a replica set: no transactions, no change streams, so no booking and no live schedule."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pymongo import MongoClient

from ohms_graphql.mongod_binary import find_mongod
from tests.browser.server import free_port


@pytest.fixture
def standalone(tmp_path: Path) -> Iterator[str]:
    port = free_port()
    command: list[str | Path] = [find_mongod(), "--dbpath", tmp_path, "--wiredTigerCacheSizeGB", "0.25"]
    command += ["--port", str(port), "--bind_ip", "127.0.0.1", "--nounixsocket"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            url = f"mongodb://127.0.0.1:{port}/"
            with MongoClient[dict[str, object]](url, serverSelectionTimeoutMS=30_000) as client:
                client.admin.command("ping")
            yield url
        finally:
            process.terminate()
            process.wait(30)


def test_the_server_says_so_at_its_start_and_ends(standalone: str) -> None:
    environment = {"OHMS_MONGODB_URL": standalone, "OHMS_PORT": str(free_port())}
    command = [sys.executable, "-m", "ohms_graphql", "serve"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    (line,) = [line for line in done.stderr.splitlines() if "replica set" in line]
    assert "change streams" in line
    assert "standalone" in line
