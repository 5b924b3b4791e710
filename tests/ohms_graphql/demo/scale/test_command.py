"""`ohms demo --scale`, as it is typed."""

from pathlib import Path

import pytest

from ohms_graphql import cli
from tests.ohms_graphql.demo.scale.conftest import Loaded

Printed = pytest.CaptureFixture[str]


@pytest.fixture
def environment(loaded: Loaded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clinic that is loaded already."""
    monkeypatch.setenv("OHMS_MONGODB_URL", loaded.settings.mongodb_url or "")
    monkeypatch.setenv("OHMS_DATABASE", loaded.settings.database)
    monkeypatch.setenv("OHMS_DATA_DIR", str(tmp_path))


def test_a_clinic_that_is_there_is_left_alone(environment: None, capsys: Printed) -> None:
    assert cli.run(["demo", "--scale", "0.01"]) == 0
    assert capsys.readouterr().out == "The large clinic is there already: nothing was changed.\n"


def test_another_size_is_refused_in_one_line(environment: None, capsys: Printed) -> None:
    assert cli.run(["demo", "--scale"]) == 1
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "--scale 1 needs another database" in told


def test_a_size_beyond_the_limits_is_refused_with_them(environment: None, capsys: Printed) -> None:
    assert cli.run(["demo", "--scale", "99"]) == 1
    assert "--scale is 99; it must be from 0.002 (one provider) to 10" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["0.1"], ["--scale", "0.01", "--force"], ["--scale", "large"]])
def test_words_that_do_not_go_together_are_wrong_usage(environment: None, words: list[str], capsys: Printed) -> None:
    assert cli.run(["demo", *words]) == 2


def test_production_is_refused(environment: None, monkeypatch: pytest.MonkeyPatch, capsys: Printed) -> None:
    monkeypatch.setenv("OHMS_ENVIRONMENT", "production")
    monkeypatch.setenv("OHMS_SECRET_KEY", "k" * 32)
    monkeypatch.setenv("OHMS_MASTER_KEY", "file:nowhere.key")
    assert cli.run(["demo", "--scale", "0.01"]) == 1
    assert "not loaded in production" in capsys.readouterr().err
