"""`ohms export-csv` on a real database, as every kind of account."""

import asyncio
import csv
import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from models.account import Account
from models.audit_event import AuditEvent, AuditOutcome
from models.patient import Patient
from models.role import Role
from models.values import HumanName
from ohms_graphql.cli import run
from ohms_graphql.commands.export_csv import ExportRole
from ohms_graphql.csv_export.caller import EXPORTING, MayNotExport
from ohms_graphql.csv_export.running import Wanted, run_export
from ohms_graphql.database import open_database
from ohms_graphql.settings import Settings
from schema.node import global_id
from tests.audited import audited
from tests.clinic import Clinic

Printed = pytest.CaptureFixture[str]
Ask = Callable[..., Any]


@pytest.fixture
def stored(settings: Settings, served_clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> Clinic:
    monkeypatch.setenv("OHMS_MONGODB_URL", settings.mongodb_url or "")
    monkeypatch.setenv("OHMS_DATABASE", settings.database)
    return served_clinic


@pytest.fixture
def in_database(settings: Settings, stored: Clinic) -> Ask:
    """Runs a coroutine function over the open database."""

    def ask(work: Callable[[], Any]) -> Any:
        async def opened() -> Any:
            async with open_database(settings.mongodb_url or "", settings.database):
                return await work()

        return asyncio.run(opened())

    return ask


def _export(connection: str, caller: str, *more: str) -> int:
    return run(["export-csv", connection, "--as", f"{caller}@clinic.example", "-o", "-", *more])


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_staff_get_what_staff_see_and_a_formula_is_a_text(stored: Clinic, in_database: Ask, capfd: Printed) -> None:
    evil = Patient(mrn="M0000000004", name=HumanName(family='=HYPERLINK("x")', given=["Eve"]), birth_date=date(1990, 5, 5))
    in_database(evil.insert)
    assert _export("patients", "staff", "--bom") == 0
    printed = capfd.readouterr()
    assert printed.err == "4 rows exported, not encrypted\n"
    assert printed.out.startswith('\ufeff"id",')
    rows = {row["mrn"]: row for row in _rows(printed.out.removeprefix("\ufeff"))}
    assert rows.keys() == {"M0000000001", "M0000000002", "M0000000003", "M0000000004"}
    assert rows["M0000000001"]["id"] == global_id("Patient", stored.alice.id)
    assert (rows["M0000000001"]["name.family"], rows["M0000000001"]["birthDate"]) == ("Müller", "1980-02-29")
    assert rows["M0000000004"]["name.family"] == '\'=HYPERLINK("x")'


def test_the_filter_and_the_columns_are_graphql_s(stored: Clinic, capfd: Printed) -> None:
    shown = ["--where", '{"status": ["BOOKED"]}', "--columns", "start, patient.name.family, visitType"]
    assert _export("appointments", "staff", *shown) == 0
    header, *rows = csv.reader(io.StringIO(capfd.readouterr().out))
    assert header[:2] == ["start", "patient.name.family"]
    assert "visitType.price.minorUnits" in header
    assert sorted(row[1] for row in rows) == ["Baker", "Müller"]


def test_an_analyst_gets_de_identified_rows_and_no_small_count(stored: Clinic, capfd: Printed) -> None:
    assert _export("patients", "analyst") == 0
    printed = capfd.readouterr()
    assert printed.err == "fewer than 11 rows exported, not encrypted\n"
    rows = _rows(printed.out)
    assert len(rows) == 3
    assert {row["birthDate"] for row in rows} == {"1980-01-01", "1990-01-01", "2018-01-01"}
    for secret in ("M0000000001", "Müller", "Alice", global_id("Patient", stored.alice.id)):
        assert secret not in printed.out
    assert _export("records", "analyst", "--columns", "id,code.codings.code,Condition.clinicalStatus") == 0
    conditions = [row for row in _rows(capfd.readouterr().out) if row["Condition.clinicalStatus"]]
    assert {row["code.codings.code"] for row in conditions} >= {"44054006"}
    assert _export("patients", "analyst", "--where", '{"search": "Müller"}') == 1
    assert "Analysts may not use where.search" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("caller", "told"),
    [
        ("alice", "only an account with the role STAFF or ANALYST may"),
        ("house", "only an account with the role STAFF or ANALYST may"),
        ("admin", "only an account with the role STAFF or ANALYST may"),
        ("closed", "There is no active account"),
        ("nobody", "There is no active account"),
    ],
)
def test_others_are_refused(stored: Clinic, in_database: Ask, capfd: Printed, caller: str, told: str) -> None:
    assert _export("patients", caller) == 1
    printed = capfd.readouterr()
    assert (printed.out, told in printed.err) == ("", True)
    entries: list[AuditEvent] = in_database(AuditEvent.find({}).to_list)
    assert [(entry.outcome, entry.action) for entry in entries] == (
        [(AuditOutcome.DENIED, "Query.patients")] if told.startswith("only") else []
    )


def test_rights_as_a_provider_do_not_come_along(stored: Clinic, in_database: Ask, capfd: Printed) -> None:
    account_id = stored.accounts["house"].id
    roles = {"roles": ["PROVIDER", "STAFF"]}
    in_database(lambda: Account.get_pymongo_collection().update_one({"_id": account_id}, {"$set": roles}))
    assert _export("records", "house") == 1
    assert '"Query.records" may be selected by PATIENT, PROVIDER, ANALYST only' in capfd.readouterr().err
    assert _export("patients", "house", "--columns", "id,conditions.id") == 1
    assert '"Patient.conditions" may be selected by' in capfd.readouterr().err
    [first, second] = in_database(AuditEvent.find({"outcome": "DENIED"}).sort("at").to_list)
    assert ("Query.records" in first.fields, "Patient.conditions" in second.fields) == (True, True)


def test_who_is_both_says_as_what(stored: Clinic, in_database: Ask, capfd: Printed) -> None:
    roles = {"roles": ["STAFF", "ANALYST"]}
    account_id = stored.accounts["staff"].id
    in_database(lambda: Account.get_pymongo_collection().update_one({"_id": account_id}, {"$set": roles}))
    assert _export("patients", "staff") == 1
    assert "say which with --role" in capfd.readouterr().err
    assert _export("patients", "staff", "--role", "ANALYST") == 0
    assert "Müller" not in capfd.readouterr().out
    assert _export("patients", "staff", "--role", "staff") == 0
    assert "Müller" in capfd.readouterr().out
    assert [role.value for role in ExportRole] == [role.value for role in EXPORTING]


def test_every_patient_that_was_read_has_an_entry_with_the_mark_of_the_export(
    stored: Clinic, in_database: Ask, capfd: Printed
) -> None:
    assert _export("patients", "staff", "--columns", "name.family") == 0
    entries: list[AuditEvent] = in_database(lambda: audited({"action": "Query.patients"}))
    assert {entry.patient_id for entry in entries} == {stored.alice.id, stored.bob.id, stored.child.id}
    assert {entry.actor_id for entry in entries} == {stored.accounts["staff"].id}
    assert {tuple(entry.roles) for entry in entries} == {(Role.STAFF,)}
    [mark] = {entry.request_id for entry in entries}
    assert mark is not None
    assert mark.startswith("csv-")
    assert all("Patient.name" in entry.fields for entry in entries)
    assert run(["audit", "verify"]) == 0


def test_many_pages_are_one_file_without_a_row_twice_or_missing(
    stored: Clinic, in_database: Ask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: Printed
) -> None:
    many = [Patient(mrn=f"M1{number:09}", name=HumanName(family="Row"), birth_date=date(1990, 1, 1)) for number in range(40)]
    in_database(lambda: Patient.insert_many(many))
    monkeypatch.setenv("OHMS_MAX_PAGE_SIZE", "7")
    file = tmp_path / "patients.csv"
    arguments = ["export-csv", "patients", "--as", "analyst@clinic.example", "--output", str(file)]
    assert run(arguments) == 0
    assert capfd.readouterr().err == "43 rows exported, not encrypted\n"
    assert len({row["id"] for row in _rows(file.read_text(encoding="utf-8"))}) == 43
    assert file.stat().st_mode & 0o777 == 0o600
    assert run(arguments) == 1
    assert capfd.readouterr().err == f"ohms: {file} cannot be written: File exists.\n"
    assert len(_rows(file.read_text(encoding="utf-8"))) == 43


def test_rows_too_dear_for_a_whole_page_come_in_smaller_ones(
    stored: Clinic, monkeypatch: pytest.MonkeyPatch, capfd: Printed
) -> None:
    monkeypatch.setenv("OHMS_MAX_QUERY_COST", "100")
    assert _export("patients", "staff", "--columns", "id,name.family") == 0
    assert len(_rows(capfd.readouterr().out)) == 3
    monkeypatch.setenv("OHMS_MAX_QUERY_COST", "5")
    assert _export("providers", "staff", "--columns", "specialties.codings.code") == 1
    assert "beyond the limit cost" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--where", "{"], "--where is not JSON"),
        (["--where", "[1]"], "--where must be a JSON object"),
        (["--where", '{"nmae": 1}'], "'PatientWhere' not to include unknown field 'nmae'"),
        (["--columns", "nope"], "There is no column nope"),
    ],
)
def test_a_failed_export_leaves_no_file(stored: Clinic, tmp_path: Path, capfd: Printed, more: list[str], told: str) -> None:
    file = tmp_path / "patients.csv"
    assert run(["export-csv", "patients", "--as", "staff@clinic.example", "-o", str(file), *more]) == 1
    assert told in capfd.readouterr().err
    assert not file.exists()


def test_who_loses_the_role_in_between_reads_no_further(stored: Clinic, settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "patients.csv"
    wanted = Wanted("patients", "staff@clinic.example", None, file, columns=["id"])
    told: list[int] = []

    def take_role(rows: int) -> None:
        told.append(rows)
        with MongoClient[dict[str, Any]](settings.mongodb_url) as client:
            client[settings.database]["accounts"].update_one(
                {"_id": stored.accounts["staff"].id}, {"$set": {"roles": ["PATIENT"]}}
            )

    with pytest.raises(MayNotExport, match="may not export"):
        asyncio.run(run_export(settings.model_copy(update={"max_page_size": 1}), wanted, take_role))
    assert (told, file.exists()) == ([1], False)
