"""One walk through a resource: every reference in it, and every number, with their paths."""

from decimal import Decimal
from typing import Any

from ohms_graphql.fhir.element import Refusal

MAX_DIGITS = 34
"""Of a decimal: what IEEE 754 decimal128 holds, MongoDB's type for them. FHIR asks for 18."""
MAX_DEPTH = 100
"""Levels of one resource. FHIR sets no limit; MongoDB takes 180, and a resource is kept some levels down in its document."""
_MAX_EXPONENT = 6111
_MAX_INTEGER = 1 << 63


def references_in(resource: dict[str, Any]) -> list[tuple[str, str]]:
    """Path and text of each ``reference``, in order, those of contained resources included.

    Raises Refusal for a number that cannot be kept as it is.
    """
    found: list[tuple[str, str]] = []
    _walk(resource, "", MAX_DEPTH, found)
    return found


def _walk(fields: dict[str, Any], path: str, levels: int, found: list[tuple[str, str]]) -> None:
    if not levels:
        raise Refusal(path.partition(".")[0], f"at most {MAX_DEPTH} levels expected")
    for name, value in fields.items():
        kind = type(value)
        if kind is str:
            if name == "reference":
                found.append((f"{path}{name}", value))
        elif kind is dict:
            _walk(value, f"{path}{name}.", levels - 1, found)
        elif kind is list:
            _walk_list(value, f"{path}{name}", levels - 1, found)
        elif kind is Decimal or kind is int:
            _check_number(value, f"{path}{name}")


def _walk_list(values: list[Any], path: str, levels: int, found: list[tuple[str, str]]) -> None:
    if not levels:
        raise Refusal(path.partition("[")[0], f"at most {MAX_DEPTH} levels expected")
    for index, value in enumerate(values):
        kind = type(value)
        if kind is dict:
            _walk(value, f"{path}[{index}].", levels - 1, found)
        elif kind is list:
            _walk_list(value, f"{path}[{index}]", levels - 1, found)
        elif kind is Decimal or kind is int:
            _check_number(value, f"{path}[{index}]")


def _check_number(value: Decimal | int, path: str) -> None:
    if isinstance(value, int):
        if not -_MAX_INTEGER <= value < _MAX_INTEGER:
            raise Refusal(path, "number of at most 64 bits expected")
        return
    _, digits, exponent = value.as_tuple()
    if len(digits) > MAX_DIGITS or not isinstance(exponent, int) or abs(exponent) > _MAX_EXPONENT:
        raise Refusal(path, f"number of at most {MAX_DIGITS} digits expected")
