"""The digest that tells whether a resource changed since it was imported."""

import hashlib
from decimal import Decimal
from typing import Any

import orjson

from ohms_graphql.fhir.element import Refusal


def digest_of(resource: Any) -> str:
    """SHA-256 of the JSON with sorted names and no spaces; decimals keep their digits (FHIR: 1.0 and 1.00 differ).

    Raises Refusal for text that is not Unicode: half of a surrogate pair cannot be stored.
    """
    try:
        return hashlib.sha256(orjson.dumps(resource, default=_decimal, option=orjson.OPT_SORT_KEYS)).hexdigest()
    except orjson.JSONEncodeError:
        raise Refusal("", "holds text that is not Unicode") from None


def _decimal(value: Any) -> orjson.Fragment:
    if isinstance(value, Decimal):
        return orjson.Fragment(str(value).encode())
    raise TypeError
