"""Nothing that is encrypted is left to pydantic's own way, whatever form a new version of it gives its schemas."""

from collections.abc import Iterator
from typing import Any

import pytest

from models import DOCUMENTS
from models.base import StoredDocument
from models.secret import SecretDate, SecretText, SecretValue
from models.stored_row.schema import lighter

_SECRETS = (SecretValue, SecretText, SecretDate)
_NOT_SCHEMAS = {"serialization", "metadata", "config"}


def opened_by_pydantic(schema: Any) -> Iterator[type]:
    """Kinds of encrypted values whose own methods a validator of the schema would call."""
    if isinstance(schema, dict):
        if schema.get("type") == "model" and issubclass(schema["cls"], SecretValue):
            yield schema["cls"]
        function = schema.get("function")
        owner = getattr(function.get("function"), "__self__", None) if isinstance(function, dict) else None
        if isinstance(owner, type) and issubclass(owner, _SECRETS):
            yield owner
        for key, part in schema.items():
            if key not in _NOT_SCHEMAS:
                yield from opened_by_pydantic(part)
    elif isinstance(schema, list | tuple):
        for part in schema:
            yield from opened_by_pydantic(part)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.__name__)
def test_every_secret_is_opened_in_one_step(document: type[StoredDocument]) -> None:
    assert set(opened_by_pydantic(lighter(document.__pydantic_core_schema__))) == set()


def test_what_pydantic_makes_by_itself_would_be_found() -> None:
    found = {kind for document in DOCUMENTS for kind in opened_by_pydantic(document.__pydantic_core_schema__)}
    assert {base for base in _SECRETS for kind in found if issubclass(kind, base)} == set(_SECRETS)
