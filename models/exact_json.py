"""JSON whose numbers keep their digits: 1.0 and 1.00 are not the same measurement (FHIR R4, decimal)."""

import json
from decimal import Decimal
from typing import Any

import orjson


def dumps(value: Any) -> bytes:
    """Raises TypeError for what JSON has no form for, or text that is not Unicode."""
    return orjson.dumps(value, default=_decimal)


def loads(text: bytes) -> Any:
    """Numbers with a fraction or an exponent are Decimal."""
    return json.loads(text, parse_float=Decimal)


def _decimal(value: Any) -> orjson.Fragment:
    if isinstance(value, Decimal) and value.is_finite():
        return orjson.Fragment(str(value).encode())
    raise TypeError(f"{type(value).__name__} has no form in JSON")
