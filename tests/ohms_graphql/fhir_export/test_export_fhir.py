"""`ohms export-fhir`: goes on after a crash, refuses what it does not understand, and says that it is not encrypted."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from models.patient import Patient
from models.record import Condition, ConditionStatus
from models.values import CodeableConcept, HumanName
from ohms_graphql.errors import OhmsError
from ohms_graphql.fhir_export.exporting import Wanted, export_fhir
from ohms_graphql.fhir_export.restoring import restore
from tests.clinic import Clinic
from tests.ohms_graphql.fhir_export.conftest import Opened, silently
from tests.ohms_graphql.fhir_export.resources import exported_resources

Exported = Callable[..., Awaitable[Path]]

# The export as the command runs it, in batches of three, killed by its own hand after so many.
KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from ohms_graphql.database import open_database
from ohms_graphql.fhir_export import exporting
exporting.BATCH = 3
left = int(sys.argv[4])
def progress(*_):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
async def main():
    async with open_database(sys.argv[1], sys.argv[2], build_indexes=False):
        await exporting.export_fhir(Path(sys.argv[3]), exporting.Wanted(), progress)
asyncio.run(main())
"""


def _content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "manifest.json"}


async def test_a_killed_export_goes_on_and_comes_to_the_same(
    opened: Opened, exported: Exported, mongodb_url: str, tmp_path: Path
) -> None:
    async with opened() as database:
        await Clinic().stored()
        patient = Patient(mrn="M1", name=HumanName(family="Many"))
        await patient.insert()
        for number in range(40):
            concept = CodeableConcept(text=f"Problem {number}")
            await Condition(code=concept, clinical_status=ConditionStatus.ACTIVE, patient_id=patient.id).insert()
        whole = _content(await exported())
        folder = tmp_path / "killed"
        for batches in (1, 4, 9, 2):
            run = [sys.executable, "-c", KILLED, mongodb_url, database.database.name, str(folder), str(batches)]
            done = await asyncio.to_thread(subprocess.run, run, check=False, capture_output=True, timeout=60)
            assert done.returncode == -signal.SIGKILL, done.stderr.decode()
            assert not (folder / "manifest.json").exists()
            with (folder / "Condition.ndjson").open("ab") as torn:
                torn.write(b'{"resourceType": "Cond')  # what a crash can leave behind the last mark
        await export_fhir(folder, Wanted(), silently)
    assert _content(folder) == whole
    assert len(exported_resources(folder)) > 50
    counts = {each["type"]: each["count"] for each in json.loads((folder / "manifest.json").read_bytes())["output"]}
    assert counts["Condition"] == len(whole["Condition.ndjson"].splitlines())


@pytest.mark.usefixtures("database")
async def test_files_are_for_their_owner_alone(exported: Exported) -> None:
    await Clinic().stored()
    folder = await exported()
    assert folder.stat().st_mode & 0o077 == 0
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


@pytest.mark.usefixtures("database")
async def test_types_and_one_patient(exported: Exported) -> None:
    clinic = await Clinic().stored()
    only = exported_resources(await exported(Wanted(types=frozenset({"Condition", "Patient"}))))
    assert {kind for kind, _ in only} == {"Condition", "Patient"}
    of_bob = exported_resources(await exported(Wanted(patient_id=clinic.bob.id)))
    assert {name for name in of_bob if name[0] == "Patient"} == {("Patient", clinic.bob.id)}
    assert ("Condition", clinic.bobs_condition.id) in of_bob
    assert clinic.alice.id not in json.dumps(list(of_bob.values()), default=str)


@pytest.mark.usefixtures("database")
async def test_folders_that_hold_something_else_are_refused(exported: Exported, tmp_path: Path) -> None:
    done = await exported()
    with pytest.raises(OhmsError, match="holds a finished export"):
        await export_fhir(done, Wanted(), silently)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("Mine.")
    with pytest.raises(OhmsError, match="is not empty"):
        await export_fhir(tmp_path / "full", Wanted(), silently)
    assert (tmp_path / "full" / "letter.txt").read_text() == "Mine."
    (done / "manifest.json").unlink()
    (done / "export-state.json").write_text(
        json.dumps({"asked": {"types": ["Patient"], "patient": None}, "home": "x", "started_at": "y"})
    )
    with pytest.raises(OhmsError, match="holds another export"):
        await export_fhir(done, Wanted(), silently)


async def test_only_a_finished_export_is_restored(opened: Opened, exported: Exported, tmp_path: Path) -> None:
    async with opened() as database:
        with pytest.raises(OhmsError, match="no finished export"):
            await restore(tmp_path, database, "UTC", silently)
        await Clinic().stored()
        folder = await exported()
        with (folder / "ohms.jsonl").open("a") as rest:
            rest.write('{"document": "Nonsense"}\n')
        with pytest.raises(OhmsError, match=r"ohms.jsonl line \d+: not what OHMS writes there"):
            await restore(folder, database, "UTC", silently)
    lines = (folder / "ohms.jsonl").read_text().splitlines()[:-1]
    broken = {"document": "Condition", "id": "x", "fields": {"clinical_status": "UNHEARD_OF"}}
    (folder / "ohms.jsonl").write_text("\n".join([*lines, json.dumps(broken)]))
    async with opened() as database:
        report = await restore(folder, database, "UTC", silently)
        assert report.problems == [f"ohms.jsonl line {len(lines) + 1} Condition: does not fit the document"]
        assert await Patient.count() == 3  # the rest went in


def test_the_command_writes_and_reads_what_it_wrote(mongodb_url: str, database_name: str, tmp_path: Path) -> None:
    environment = {**os.environ, "OHMS_MONGODB_URL": mongodb_url, "OHMS_DATABASE": f"{database_name}_cli"}
    ohms = str(Path(sys.executable).parent / "ohms")

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([ohms, *command], env=environment, capture_output=True, text=True, check=False, timeout=100)

    (tmp_path / "p.json").write_text(json.dumps({"resourceType": "Patient", "id": "p1", "name": [{"family": "Doe"}]}))
    assert run("import-fhir", str(tmp_path / "p.json")).returncode == 0
    out = str(tmp_path / "out")
    done = run("export-fhir", "--output", out)
    assert (done.returncode, done.stdout) == (0, "        1 Patient.ndjson\n")
    assert "is not encrypted" in done.stderr
    assert json.loads((tmp_path / "out" / "Patient.ndjson").read_bytes()) == {
        "resourceType": "Patient",
        "id": "p1",
        "name": [{"family": "Doe"}],
    }
    again = run("import-fhir", "--restore", out)
    assert (again.returncode, again.stderr) == (0, "")
    for command, told in (
        (("export-fhir", "--output", out), "holds a finished export"),
        (("export-fhir", "--output", out, "--type", "Nonsense"), "is no resource type of FHIR R4"),
        (("export-fhir", "--output", str(tmp_path / "x"), "--patient", "M404"), "No patient has this medical record number"),
        (("import-fhir", "--restore", out, out), "--restore takes one folder"),
    ):
        refused = run(*command)
        assert refused.returncode == 1
        assert told in refused.stderr
