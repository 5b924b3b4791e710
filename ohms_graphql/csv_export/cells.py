"""What stands in a cell: flat text that a spreadsheet takes for text.

RFC 4180 says how cells are quoted; against formulas OWASP's "CSV Injection" says: quote every cell, and put an apostrophe before
one that begins with ``=``, ``+``, ``-``, ``@``, tab or carriage return (also behind blanks, and in their full-width forms).
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from ohms_graphql.csv_export.columns import Column, Step

BETWEEN = "; "
"""Between the values of a list."""

BOM = "\ufeff"

_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")  # noqa: RUF001 -- spreadsheets take these for the others
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_NUMBERS = frozenset({"Int", "Float", "Decimal"})


def line(cells: Iterable[str]) -> str:
    """With its line end, CR LF."""
    written = io.StringIO()
    csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(cells)
    return written.getvalue()


def cell(column: Column, row: dict[str, Any]) -> str:
    """Empty for null and for rows of another type; the values of lists one after the other."""
    text = BETWEEN.join(_text(value) for value in _values(row, column.steps, column.leaf))
    if column.leaf in _NUMBERS and _NUMBER.fullmatch(text):
        return text  # a negative number is no formula
    return harmless(text)


def harmless(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text


def _values(value: Any, steps: Sequence[Step], leaf: str) -> Iterable[Any]:
    if value is None:
        return
    if isinstance(value, list) and (steps or leaf != "JSON"):
        for item in value:
            yield from _values(item, steps, leaf)
    elif not steps:
        yield value
    elif steps[0].on is None or value["__typename"] == steps[0].on:
        yield from _values(value[steps[0].key], steps[1:], leaf)


def _text(value: Any) -> str:
    """JSON as JSON, and true and false as there."""
    return value if isinstance(value, str) else orjson.dumps(value).decode()
