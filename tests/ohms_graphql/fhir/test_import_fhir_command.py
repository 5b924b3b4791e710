"""`ohms import-fhir` as it is typed: what it prints, and its exit codes."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ohms_graphql.commands.import_fhir import SHOWN
from tests.ohms_graphql.fhir import sample

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def ohms(mongodb_url: str, database_name: str) -> Run:
    """Runs `ohms import-fhir` with arguments."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("OHMS_")},
        "OHMS_MONGODB_URL": mongodb_url,
        "OHMS_DATABASE": database_name,
        "COLUMNS": "300",
    }

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "ohms_graphql", "import-fhir", *map(str, arguments)]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)

    return run


def row(printed: str, name: str) -> list[int]:
    (line,) = [line for line in printed.splitlines() if line.split()[:1] == [name]]
    return [int(number) for number in line.split()[1:]]


def test_a_clean_import_counts_and_ends_with_0(ohms: Run, tmp_path: Path) -> None:
    path = sample.put(tmp_path / "all.json.gz", *sample.everything())
    first = ohms(path)
    assert (first.returncode, first.stderr) == (0, "")
    assert row(first.stdout, "Practitioner") == [2, 2, 0, 0]
    assert row(first.stdout, "all") == [21, 21, 0, 0]
    assert "1 file read, 0 broken, 0 of other kinds ignored; 0 broken references" in first.stdout
    second = ohms(tmp_path)
    assert second.returncode == 0
    assert row(second.stdout, "all") == [21, 0, 21, 0]


def test_anything_refused_ends_with_1_and_is_told_on_stderr(ohms: Run, tmp_path: Path) -> None:
    lines = [json.dumps(sample.organization(id=f"o{number}", active="yes")) for number in range(SHOWN + 3)]
    path = sample.put_text(tmp_path / "a.ndjson", "\n".join([*lines, json.dumps(sample.organization())]))
    done = ohms(path)
    assert done.returncode == 1
    assert row(done.stdout, "Organization") == [SHOWN + 4, 1, 0, SHOWN + 3]
    told = done.stderr.splitlines()
    assert told[0] == f"{path} line 1 Organization: active: true or false expected"
    assert told[SHOWN:] == ["... and 3 more"]


def test_a_broken_reference_ends_with_1(ohms: Run, tmp_path: Path) -> None:
    done = ohms(
        sample.put(tmp_path / "a.json", *sample.base(), sample.procedure(performer=[{"actor": sample.to("Practitioner/x")}]))
    )
    assert done.returncode == 1
    assert "1 broken reference;" in done.stdout
    assert "performer[0].actor: refers to a Practitioner that is in neither this import nor the database" in done.stderr


def test_a_path_that_is_not_there_is_wrong_usage(ohms: Run, tmp_path: Path) -> None:
    done = ohms(tmp_path / "nowhere")
    assert done.returncode == 2
    assert "does not exist" in done.stderr
    assert ohms().returncode == 2


def test_source_and_zone_can_be_given(ohms: Run, tmp_path: Path) -> None:
    path = sample.put(tmp_path / "a.json", sample.practitioner(identifier=[{"value": "1"}]))
    assert row(ohms(path).stdout, "all") == [1, 1, 0, 0]
    assert row(ohms("--source", "urn:other", "--time-zone", "Europe/Berlin", path).stdout, "all") == [1, 1, 0, 0]
    wrong = ohms("--time-zone", "Mars/Olympus", path)
    assert wrong.returncode == 1
    assert "time zone" in wrong.stderr
