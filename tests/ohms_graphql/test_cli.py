"""The command line: help, one-line errors, exit codes, and `ohms database` on a real server."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
import typer

from models.role import Role
from ohms_graphql import cli
from ohms_graphql.commands.create_user import RoleName
from ohms_graphql.commands.database import NOT_RUNNING
from ohms_graphql.embedded_mongod import DataFolder, embedded_mongod
from ohms_graphql.errors import OhmsError

Printed = pytest.CaptureFixture[str]

USER_OF_THE_DATABASE = """
import signal, time
from pathlib import Path
from ohms_graphql import cli
from ohms_graphql.embedded_mongod import embedded_mongod

@cli.app.command()
def hold(folder: Path) -> None:
    with embedded_mongod(folder):
        print("ready", flush=True)
        time.sleep(60)

signal.signal(signal.SIGHUP, signal.SIG_DFL)  # nohup, which these tests may run under, has it ignored
cli.main()
"""


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The only OHMS_ variable that is set."""
    for name in [name for name in os.environ if name.startswith("OHMS_")]:
        monkeypatch.delenv(name)
    folder = tmp_path / "ohms"
    monkeypatch.setenv("OHMS_DATA_DIR", str(folder))
    yield folder
    DataFolder(folder).stop(at_once=True)
    shutil.rmtree(folder, ignore_errors=True)  # 300 MB each


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two more commands, which fail."""
    app = typer.Typer(pretty_exceptions_enable=False)
    app.callback()(cli.frame)

    @app.command()
    def expected() -> NoReturn:
        raise OhmsError("The coffee is cold.")

    @app.command()
    def unexpected() -> NoReturn:
        raise RuntimeError("Jane Doe, born 1980-01-01")

    @app.command()
    def interrupted() -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "app", app)


def test_help_lists_and_explains_every_command(capsys: Printed) -> None:
    assert cli.run(["--help"]) == 0
    shown = capsys.readouterr().out
    for command in ("serve", "export-schema", "create-user", "token", "database"):
        assert command in shown
    for command in typer.main.get_command(cli.app).commands.values():  # type: ignore[attr-defined]
        assert command.help, command.name


def test_help_needs_nothing_slow() -> None:
    seen = "import sys; from ohms_graphql import cli; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    modules = subprocess.run([sys.executable, "-c", seen], capture_output=True, text=True, check=True).stdout.split()
    assert {"beanie", "pymongo", "strawberry", "starlette", "uvicorn", "pydantic"}.isdisjoint(modules)


def test_create_user_offers_every_role() -> None:
    assert [(role.name, role.value) for role in RoleName] == [(role.name, role.value) for role in Role]


@pytest.mark.parametrize("arguments", [["no-such-command"], ["serve", "--port", "many"], ["database", "start", "now"]])
def test_wrong_usage_is_exit_code_2(arguments: list[str], capsys: Printed) -> None:
    assert cli.run(arguments) == 2
    assert "Usage: ohms" in capsys.readouterr().err


def test_the_version_is_that_of_the_package(capsys: Printed) -> None:
    assert cli.run(["--version"]) == 0
    assert capsys.readouterr().out.strip() == "0.1.0"


def test_an_expected_failure_is_one_line_and_exit_code_1(failing: None, capsys: Printed) -> None:
    assert cli.run(["expected"]) == 1
    assert capsys.readouterr().err == "ohms: The coffee is cold.\n"


def test_an_unexpected_failure_is_one_line_without_its_text(failing: None, capsys: Printed) -> None:
    assert cli.run(["unexpected"]) == 1
    assert capsys.readouterr().err == "ohms: unexpected RuntimeError; `ohms --traceback ...` shows where.\n"
    with pytest.raises(RuntimeError):
        cli.run(["--traceback", "unexpected"])


def test_ctrl_c_is_exit_code_130(failing: None, capsys: Printed) -> None:
    assert cli.run(["interrupted"]) == 130
    assert "Traceback" not in capsys.readouterr().err


def test_wrong_settings_are_told_before_anything_is_started(
    monkeypatch: pytest.MonkeyPatch, data_dir: Path, capsys: Printed
) -> None:
    monkeypatch.setenv("OHMS_PORT", "0")
    monkeypatch.setenv("OHMS_HSOT", "x")
    assert cli.run(["serve"]) == 1
    assert capsys.readouterr().err.splitlines() == [
        "ohms: these settings are wrong:",
        "  OHMS_PORT=0: must be greater than or equal to 1",
        "  OHMS_HSOT is not a setting of OHMS; did you mean OHMS_HOST?",
    ]
    assert not data_dir.exists()


def test_the_database_is_started_shown_and_stopped_by_hand(data_dir: Path, capsys: Printed) -> None:
    assert cli.run(["database", "status"]) == NOT_RUNNING
    assert capsys.readouterr().out.startswith("not running\n")
    assert cli.run(["database", "start"]) == 0
    url = capsys.readouterr().out.strip()
    with embedded_mongod(data_dir) as shared:
        assert shared == url
        assert cli.run(["database", "status"]) == 0
        shown = capsys.readouterr().out
        assert ", in use, until `ohms database stop`" in shown
        assert url in shown
        assert cli.run(["database", "stop"]) == 0
        assert capsys.readouterr().out == "in use: it stops when its last user leaves, or now with --force\n"
        assert cli.run(["database", "stop", "--force"]) == 0
        assert capsys.readouterr().out == "stopped\n"
    assert cli.run(["database", "status"]) == NOT_RUNNING


def test_the_path_of_the_database_is_printed_and_nothing_else(data_dir: Path, capsys: Printed) -> None:
    assert cli.run(["database", "path"]) == 0
    assert capsys.readouterr().out == f"{data_dir.resolve()}\n"


def test_with_a_server_of_ones_own_there_is_no_embedded_one_to_command(
    monkeypatch: pytest.MonkeyPatch, data_dir: Path, capsys: Printed
) -> None:
    monkeypatch.setenv("OHMS_MONGODB_URL", "mongodb://user:hunter2@db.example")
    assert cli.run(["database", "start"]) == 1
    assert capsys.readouterr().err == "ohms: OHMS_MONGODB_URL is set: OHMS uses that server and runs none of its own.\n"
    assert not data_dir.exists()


@pytest.mark.parametrize(("sign", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_command_that_is_told_to_end_gives_the_database_back(data_dir: Path, sign: signal.Signals, code: int) -> None:
    command = [sys.executable, "-c", USER_OF_THE_DATABASE, "hold", str(data_dir)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(sign)
        _, told = process.communicate(timeout=30)
    assert (process.returncode, told) == (code, "")
    assert DataFolder(data_dir).status() is None


def test_python_m_is_the_same_program() -> None:
    started = time.monotonic()
    shown = subprocess.run([sys.executable, "-m", "ohms_graphql", "--help"], capture_output=True, text=True, check=True).stdout
    assert "Usage: ohms" in shown
    assert time.monotonic() - started < 5, "typically 0.3 s; here the machine may be busy"
