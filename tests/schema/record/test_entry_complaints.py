"""What is wrong with an entry is told all at once, by the path in the input, and nothing is written."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.record import Record
from schema.scalars import parse_decimal
from tests.graph import Graph, gid
from tests.schema.record.chart_desk import CVX, GLUCOSE, LOINC, PANEL, RXNORM, SNOMED, concept, paths, record

PULSE = concept("Heart rate", LOINC, "8867-4")


def _amount(value: Any, unit: str, code: str | None = None) -> dict[str, Any]:
    return {"quantity": {"value": value, "unit": unit, "code": code}}


CASES: list[tuple[str, dict[str, Any], set[str]]] = [
    ("condition", {"code": concept("X", "http://nowhere.example", "1")}, {"code.codings.0.system"}),
    ("condition", {"code": concept("X", SNOMED, "44054007")}, {"code.codings.0.code"}),
    ("condition", {"code": concept("")}, {"code.text"}),
    ("condition", {"code": concept("X"), "effectiveAt": "2030-01-01T00:00:00Z"}, {"effectiveAt"}),
    (
        "condition",
        {"code": concept("X"), "onsetAt": "2026-02-01T00:00:00Z", "abatedAt": "2026-01-01T00:00:00Z"},
        {"abatedAt", "clinicalStatus"},
    ),
    ("allergy", {"code": concept("X"), "reactions": [{"manifestations": []}]}, {"reactions.0.manifestations"}),
    ("allergy", {"code": concept("X", SNOMED, "716186003"), "criticality": "HIGH"}, {"criticality"}),
    ("medication", {"code": concept("X", RXNORM, "0"), "dosage": ""}, {"code.codings.0.code", "dosage"}),
    ("medication", {"code": concept("X"), "ingredients": [{"system": LOINC, "code": "2345-7"}]}, {"ingredients.0.system"}),
    ("medication", {"code": concept("X"), "requestStatus": "ENTERED_IN_ERROR"}, {"requestStatus"}),
    ("immunization", {"code": concept("X")}, {"code.codings"}),
    ("immunization", {"code": concept("X", SNOMED, "1")}, {"code.codings.0.code"}),
    ("immunization", {"code": concept("X", CVX, "140"), "given": False, "lotNumber": "A"}, {"lotNumber"}),
    ("observation", {"code": concept("X", LOINC, "2345-8"), "value": {"text": "y"}}, {"code.codings.0.code"}),
    ("observation", {"code": GLUCOSE}, {"value"}),
    ("observation", {"code": GLUCOSE, "value": {"text": "y", "boolean": True}}, {"value"}),
    ("observation", {"code": GLUCOSE, "value": _amount("5", "mg/dL", "mgs")}, {"value.quantity.code"}),
    ("observation", {"code": PULSE, "value": _amount("72", "mg/dL")}, {"value.quantity.unit"}),
    ("observation", {"code": PULSE, "value": {"text": "fast"}}, {"value.quantity"}),
    ("observation", {"code": GLUCOSE, "value": _amount("1e15", "mg/dL")}, {"value.quantity.value"}),
    (
        "observation",
        {"code": GLUCOSE, "value": _amount("5", "mg/dL"), "referenceRanges": [{"low": "9", "high": "1", "unit": "mmol/L"}]},
        {"referenceRanges.0.high", "referenceRanges.0.unit"},
    ),
    ("observation", {"code": GLUCOSE, "value": _amount("5", "mg/dL"), "interpretations": ["N", "HH"]}, {"interpretations"}),
    (
        "labReport",
        {"code": PANEL, "observations": [{"code": GLUCOSE}, {"code": concept("X", RXNORM, "1"), "value": {"text": "y"}}]},
        {"observations.0.value", "observations.1.code.codings.0.system"},
    ),
    ("labReport", {"code": PANEL, "observations": [{"code": GLUCOSE, "value": {"text": "y"}}] * 201}, {"observations"}),
    (
        "procedure",
        {"code": concept("X"), "performed": {"start": "2026-03-01T00:00:00Z", "end": "2026-02-01T00:00:00Z"}},
        {"performed.end"},
    ),
    ("procedure", {"code": concept("X"), "performed": {"start": "2027-03-01T00:00:00Z"}}, {"performed.start"}),
    ("note", {"text": " "}, {"text"}),
    ("note", {"text": "x", "code": "11506-4"}, {"code"}),
    ("condition", {"code": concept("X"), "confidentiality": "VERY_RESTRICTED"}, {"confidentiality"}),
]


async def test_each_complaint_names_its_place_and_nothing_is_written(graph: Graph) -> None:
    rows = await Record.get_pymongo_collection().count_documents({})
    told = [(kind, set(paths(await record(graph, kind, **given)))) for kind, given, _ in CASES]
    assert told == [(kind, expected) for kind, _, expected in CASES]
    assert await Record.get_pymongo_collection().count_documents({}) == rows


async def test_the_visit_is_the_patients(graph: Graph) -> None:
    answer = await record(graph, "condition", code=concept("X"), appointment=gid(graph.clinic.bobs_visit))
    assert [(error["__typename"], error["path"]) for error in answer.data["errors"]] == [("NotFound", ["appointment"])]


async def test_complaints_do_not_quote_what_was_written_about_the_patient(graph: Graph) -> None:
    answer = await record(graph, "medication", code=concept("Secret drug" * 40), dosage="Secret words" * 200)
    assert "Secret" not in str(answer.data["errors"])


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12))
def test_decimals_keep_every_digit(value: Any) -> None:
    assert str(parse_decimal(str(value))) == str(value)


@pytest.mark.parametrize(("given", "expected"), [(7.1, "7.1"), (7, "7"), ("7.10", "7.10"), (1e-7, "1E-7")])
def test_json_numbers_are_decimals_as_they_are_written(given: Any, expected: str) -> None:
    assert str(parse_decimal(given)) == expected


@pytest.mark.parametrize("given", ["NaN", "Infinity", "1e9999", "", "seven", True, None, [], {}])
def test_what_is_no_finite_number_is_refused(given: Any) -> None:
    with pytest.raises(ValueError, match="Decimal is a number"):
        parse_decimal(given)
