"""`ohms demo`, as it is typed."""

import time
from pathlib import Path

import pytest
from pymongo import MongoClient

from ohms_graphql import cli
from ohms_graphql.demo.load import load_demo_if_empty
from ohms_graphql.settings import load_settings

Printed = pytest.CaptureFixture[str]


@pytest.fixture
def environment(mongodb_url: str, database_name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    variables = {"OHMS_MONGODB_URL": mongodb_url, "OHMS_DATABASE": database_name, "OHMS_DATA_DIR": str(tmp_path)}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return variables


def test_it_loads_a_whole_clinic_in_time_and_says_so_when_asked_again(environment: dict[str, str], capsys: Printed) -> None:
    started = time.perf_counter()
    assert cli.run(["demo", "--anchor", "2026-03-18"]) == 0
    seconds = time.perf_counter() - started
    told = capsys.readouterr().out
    assert "Patient                 200" in told
    assert "PROVIDER  provider@ohms.example  demo-password-1" in told
    assert seconds < 60, "15 s on an idle machine; tests run beside each other"
    with MongoClient[dict[str, object]](environment["OHMS_MONGODB_URL"]) as client:
        database = client[environment["OHMS_DATABASE"]]
        counts = {name: database[name].count_documents({}) for name in database.list_collection_names()}
        assert cli.run(["demo"]) == 0
        assert capsys.readouterr().out == "The demo clinic is there already: nothing was changed.\n"
        assert not load_demo_if_empty(load_settings(environment))
        assert counts == {name: database[name].count_documents({}) for name in database.list_collection_names()}


def test_production_is_refused(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: Printed) -> None:
    monkeypatch.setenv("OHMS_ENVIRONMENT", "production")
    monkeypatch.setenv("OHMS_SECRET_KEY", "k" * 32)
    monkeypatch.setenv("OHMS_MASTER_KEY", "file:nowhere.key")
    assert cli.run(["demo"]) == 1
    assert "not loaded in production" in capsys.readouterr().err


def test_somebodys_clinic_is_refused_in_one_line(environment: dict[str, str], capsys: Printed) -> None:
    with MongoClient[dict[str, object]](environment["OHMS_MONGODB_URL"]) as client:
        client[environment["OHMS_DATABASE"]]["patients"].insert_one({"_id": "1", "mrn": b"1"})
        assert cli.run(["demo"]) == 1
        assert capsys.readouterr().err.count("\n") == 1
        assert client[environment["OHMS_DATABASE"]]["providers"].count_documents({}) == 0
    assert not load_demo_if_empty(load_settings(environment))


@pytest.mark.parametrize("anchor", ["1066-10-14", "yesterday"])
def test_a_day_that_is_none_is_wrong_usage(environment: dict[str, str], anchor: str, capsys: Printed) -> None:
    assert cli.run(["demo", "--anchor", anchor]) == 2
    assert "--anchor" in capsys.readouterr().err
