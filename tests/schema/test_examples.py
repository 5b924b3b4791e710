"""The example operations that GraphiQL offers are operations of this schema."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import strawberry
from graphql import parse, validate

from schema.authorization import core_schema
from tests.clinic import Clinic
from tests.graph import Graph, gid

EXAMPLES = sorted((Path(__file__).parents[2] / "web" / "src" / "examples").glob("*.graphql"))
CALLERS = {
    "01-who-am-i": "admin",
    "02-providers": "analyst",
    "03-find-patients": "staff",
    "04-booked-appointments": "staff",
    "05-patient-chart": "house",
    "06-invoices": "staff",
    "07-education-resources": "bob",
    "08-sign-in": None,
    "09-register-patient": None,
    "10-update-patient": "staff",
    "11-record-a-result": "house",
    "12-amend-a-condition": "house",
    "13-timeline": "alice",
    "14-draft-an-invoice": "staff",
    "15-who-owes-what": "staff",
}

BLANKS: dict[str, Callable[[Clinic], dict[str, str]]] = {
    "10-update-patient": lambda clinic: {"id": gid(clinic.alice)},
    "11-record-a-result": lambda clinic: {"patient": gid(clinic.alice)},
    "12-amend-a-condition": lambda clinic: {"record": gid(clinic.condition)},
    "14-draft-an-invoice": lambda clinic: {"patient": gid(clinic.alice)},
}
"""What people put into the variables."""


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_valid(schema: strawberry.Schema, example: Path) -> None:
    assert validate(core_schema(schema), parse(example.read_text(encoding="utf-8"))) == []


async def test_every_example_runs_for_whom_it_is_meant(graph: Graph) -> None:
    assert [example.stem for example in EXAMPLES] == list(CALLERS)
    for example in EXAMPLES:
        variables = example.with_suffix(".json")
        given = json.loads(variables.read_text(encoding="utf-8")) if variables.is_file() else {}
        if example.stem in BLANKS:
            given["input"].update(BLANKS[example.stem](graph.clinic))
        answer = await graph.ask(CALLERS[example.stem], example.read_text(encoding="utf-8"), **given)
        assert answer.errors == [], example.stem
        if example.stem in BLANKS:
            assert [payload["errors"] for payload in answer.data.values()] == [[]], example.stem
