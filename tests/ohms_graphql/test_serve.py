"""`ohms serve`: the embedded database, the demo, what is printed, Ctrl-C. Application and demo are stand-ins of a few lines."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ohms_graphql.embedded_mongod import DataFolder

SERVE = """
import asyncio, sys, types
from starlette.applications import Starlette
from models.account import Account
from ohms_graphql import cli
from ohms_graphql.database import open_database
from ohms_graphql.keys.master_key import master_key_of

app, demo = types.ModuleType("ohms_graphql.app"), types.ModuleType("ohms_graphql.demo.load")

def load_demo_if_empty(settings):
    async def load():
        async with open_database(settings.mongodb_url, settings.database, master_key=master_key_of(settings)):
            await Account(email="doctor@demo.example", roles=[]).insert()
    asyncio.run(load())

made = Starlette()
made.state.open_streams = None
app.create_app = lambda settings: made
demo.load_demo_if_empty = load_demo_if_empty
demo.sign_ins = lambda: [("PROVIDER", "doctor@demo.example", "secret"), ("STAFF", "gone@demo.example", "secret")]
sys.modules |= {"ohms_graphql.app": app, "ohms_graphql.demo": types.ModuleType("demo"), "ohms_graphql.demo.load": demo}
cli.main()
"""


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "ohms"
    DataFolder(tmp_path / "ohms").stop(at_once=True)
    shutil.rmtree(tmp_path / "ohms", ignore_errors=True)  # 300 MB each


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(data_dir: Path, *options: str, **variables: str) -> Iterator[subprocess.Popen[str]]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("OHMS_")}
    environment = plain | {"OHMS_DATA_DIR": str(data_dir)} | variables
    command = [sys.executable, "-c", SERVE, "serve", *options]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def printed(process: subprocess.Popen[str]) -> str:
    """What came before the server was told to end."""
    assert process.stdout is not None
    first = process.stdout.readline()
    process.send_signal(signal.SIGINT)
    rest = process.stdout.read()
    process.wait(30)
    return first + rest


def test_it_prints_where_graphiql_is_and_who_of_the_demo_can_sign_in_and_ctrl_c_stops_the_database(data_dir: Path) -> None:
    port = free_port()
    with serving(data_dir, "--demo-if-empty", "--port", str(port)) as process:
        shown = printed(process)
    assert shown.splitlines() == [
        f"GraphiQL: http://127.0.0.1:{port}/graphql",
        "Sign-ins of the demo clinic:",
        "  PROVIDER  doctor@demo.example  secret",
    ]
    assert process.returncode == 130
    assert DataFolder(data_dir).status() is None


def test_without_the_demo_in_the_database_no_sign_ins_are_printed(data_dir: Path) -> None:
    port = free_port()
    with serving(data_dir, OHMS_PORT=str(port)) as process:
        assert printed(process) == f"GraphiQL: http://127.0.0.1:{port}/graphql\n"


def test_in_production_the_demo_is_refused_before_the_database_starts(data_dir: Path) -> None:
    with serving(data_dir, "--demo-if-empty", OHMS_ENVIRONMENT="production", OHMS_SECRET_KEY="k" * 32) as process:
        out, told = process.communicate(timeout=30)
    assert (process.returncode, out) == (1, "")
    assert told == "ohms: The demo clinic has passwords that everybody knows: it is not loaded in production.\n"
    assert not data_dir.exists()


def test_a_port_that_is_taken_is_told_before_the_database_starts(data_dir: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, serving(data_dir, "--port", str(taken.getsockname()[1])) as process:
        _, told = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "Address already in use" in told
    assert not data_dir.exists()
