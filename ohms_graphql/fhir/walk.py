"""One walk through a resource: every reference in it, and every number, with their paths."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from ohms_graphql.fhir.element import Refusal

MAX_DIGITS = 34
"""Of a decimal: what IEEE 754 decimal128 holds, MongoDB's type for them. FHIR asks for 18."""
_MAX_EXPONENT = 6111
_MAX_INTEGER = 1 << 63


def references_in(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Path and text of each ``reference``, in order, those of contained resources included.

    Raises Refusal for a number that cannot be kept as it is.
    """
    if isinstance(value, dict):
        for name, item in value.items():
            inside = f"{path}.{name}" if path else name
            if isinstance(item, dict | list):
                yield from references_in(item, inside)
            elif isinstance(item, str):
                if name == "reference":
                    yield inside, item
            else:
                _check_number(item, inside)
    else:
        for index, item in enumerate(value):
            if isinstance(item, dict | list):
                yield from references_in(item, f"{path}[{index}]")
            else:
                _check_number(item, path)


def _check_number(value: Any, path: str) -> None:
    if isinstance(value, Decimal):
        _, digits, exponent = value.as_tuple()
        if len(digits) > MAX_DIGITS or not isinstance(exponent, int) or abs(exponent) > _MAX_EXPONENT:
            raise Refusal(path, f"number of at most {MAX_DIGITS} digits expected")
    elif isinstance(value, int) and not -_MAX_INTEGER <= value < _MAX_INTEGER:
        raise Refusal(path, "number of at most 64 bits expected")
