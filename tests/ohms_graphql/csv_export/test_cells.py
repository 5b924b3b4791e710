"""What stands in a cell: RFC 4180, and nothing that a spreadsheet would run."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ohms_graphql.csv_export.cells import cell, harmless, line
from ohms_graphql.csv_export.columns import Column, Step


def _column(*names: str, leaf: str = "String") -> Column:
    return Column(tuple(Step(name) for name in names), leaf)


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\rx", "\n=1", "  =1", "\uff1d1", '=HYPERLINK("http://x")']
)
def test_a_formula_is_made_a_text(text: str) -> None:
    assert harmless(text) == f"'{text}"
    assert cell(_column("reason"), {"reason": text}) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Müller", "a=b", "1-2", "O'Neill", " x"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert harmless(text) == text


@pytest.mark.parametrize(
    ("leaf", "value", "shown"), [("Int", -5, "-5"), ("Decimal", "-12.50", "-12.50"), ("String", "-5", "'-5")]
)
def test_only_what_is_a_number_by_its_type_may_be_negative(leaf: str, value: object, shown: str) -> None:
    assert cell(_column("x", leaf=leaf), {"x": value}) == shown


@settings(max_examples=50)
@given(st.lists(st.text(), min_size=1))
def test_every_line_is_read_back_by_others(cells: list[str]) -> None:
    written = line(cells)
    assert written.endswith('"\r\n')
    assert list(csv.reader(io.StringIO(written, newline=""), strict=True)) == [cells]


def test_nested_values_are_flat() -> None:
    row = {
        "name": {"given": ["Ann", "May"]},
        "none": None,
        "flag": True,
        "lines": [{"price": {"currency": "USD"}}, {"price": None}, {"price": {"currency": "JPY"}}],
        "extensions": {"a": [1, None]},
    }
    assert cell(_column("name", "given"), row) == "Ann; May"
    assert cell(_column("none", "deeper"), row) == ""
    assert cell(_column("flag", leaf="Boolean"), row) == "true"
    assert cell(_column("lines", "price", "currency"), row) == "USD; JPY"
    assert cell(_column("extensions", leaf="JSON"), row) == '{"a":[1,null]}'
