"""The starter library as it is written: what every article has, whatever becomes of it in the database."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import ohms_graphql
from resolvers.clinical_codes.systems import ICD_10_CM, SNOMED_CT, system_of

LIBRARY = Path(ohms_graphql.__file__).parent / "education" / "library"
FILES = sorted(LIBRARY.glob("*.md"))
HEADINGS = {
    "en": ["What it is", "Signs", "What you can do", "When to call", "In an emergency"],
    "es": ["Qué es", "Señales", "Qué puede hacer", "Cuándo llamar", "En una emergencia"],
}


@cache
def _article(file: Path) -> tuple[dict[str, Any], str]:
    empty, front, markdown = file.read_text(encoding="utf-8").split("+++\n", 2)
    assert empty == ""
    return tomllib.loads(front), markdown


def _codes(file: Path) -> set[tuple[str, str]]:
    topics = _article(file)[0]["topics"]
    return {(coding["system"], coding["code"]) for topic in topics for coding in topic["codings"]}


def test_there_are_twenty_articles_and_five_of_them_in_spanish() -> None:
    by_language: dict[str, set[str]] = {"en": set(), "es": set()}
    for file in FILES:
        front, _ = _article(file)
        assert file.name == f"{front['key']}.{front['language']}.md"
        by_language[front["language"]].add(front["key"])
    assert len(by_language["en"]) == 20
    assert len(by_language["es"]) == 5
    assert by_language["es"] < by_language["en"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_article_says_what_it_is_and_when_to_get_help(file: Path) -> None:
    front, markdown = _article(file)
    assert re.findall(r"^(#+) (.*)$", markdown, re.MULTILINE) == [("##", title) for title in HEADINGS[front["language"]]]
    assert 250 <= len(re.findall(r"\w+(?:['-]\w+)*", markdown)) <= 450
    assert "911" in markdown.split("\n## ")[-1]
    assert 0 < len(front["summary"]) <= 300
    assert front.get("source_url", "https://").startswith("https://")
    assert ("reading_level" in front) == (front["language"] != "en")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_its_topics_are_codes_of_both_systems(file: Path) -> None:
    codes = _codes(file)
    assert {system for system, _ in codes} == {SNOMED_CT, ICD_10_CM}
    for uri, code in codes:
        system = system_of(uri)
        assert system is not None
        assert system.is_code(code), code
    assert all(coding["display"] for topic in _article(file)[0]["topics"] for coding in topic["codings"])


def test_a_condition_leads_to_one_article_in_each_language() -> None:
    english = [file for file in FILES if file.stem.endswith(".en")]
    met = [code for file in english for code in _codes(file)]
    assert len(met) == len(set(met))
    for file in FILES:
        assert _codes(file) == _codes(file.with_name(file.name.replace(".es.", ".en.")))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_it_is_plain_markdown(file: Path) -> None:
    _, markdown = _article(file)
    assert re.findall(r"<\w|!\[|javascript:|http://", markdown) == []
