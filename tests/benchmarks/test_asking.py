"""Nothing is timed before both servers have given the same data."""

from typing import Any

import orjson
import pytest

from benchmarks.asking import check_same_data, first_difference
from benchmarks.errors import BenchmarkError
from benchmarks.pages import schedule_page

PAGE = schedule_page("01ARZ3NDEKTSV4RRFFQ69G5FAV")


def answer(rows: list[dict[str, Any]]) -> bytes:
    return orjson.dumps({"data": {"appointments": {"nodes": rows}}})


@pytest.mark.parametrize(
    ("left", "right", "where"),
    [
        ({"a": [1, {"b": None}]}, {"a": [1, {"b": None}]}, None),
        ({"a": [1, {"b": None}]}, {"a": [1, {"b": ""}]}, "data.a[1].b"),
        ({"a": [1]}, {"a": [1, 2]}, "data.a"),
        ({"a": 1}, {"a": 1, "b": 2}, "data"),
        ({"a": 1}, {"a": 1.0}, "data.a"),
        ({"a": 1}, {"a": True}, "data.a"),
    ],
)
def test_the_first_difference_is_named(left: Any, right: Any, where: str | None) -> None:
    assert first_difference(left, right, "data") == where


def test_answers_that_differ_stop_the_measurement() -> None:
    rows = [{"id": str(number)} for number in range(50)]
    assert check_same_data(PAGE, answer(rows), answer(rows)) == {"appointments.nodes": 50}
    with pytest.raises(BenchmarkError, match=r"differ on the schedule page at data\.appointments\.nodes\[0\]\.id"):
        check_same_data(PAGE, answer([{"id": "other"}, *rows[1:]]), answer(rows))


def test_a_page_with_too_few_rows_is_not_measured() -> None:
    few = answer([{"id": "1"}])
    with pytest.raises(BenchmarkError, match=r"appointments\.nodes has 1 of 50"):
        check_same_data(PAGE, few, few)


def test_a_refusal_is_not_measured() -> None:
    refused = orjson.dumps({"data": None, "errors": [{"message": "No."}]})
    with pytest.raises(BenchmarkError, match=r"OHMS refuses the schedule page: No\."):
        check_same_data(PAGE, refused, answer([]))
