"""Patterns of documents: made through the real models, kept as they are stored, and then varied.

What does not vary is kept as BSON already, so that it is copied and not encoded for each of a million rows.
"""

from typing import Any

import bson
from bson.raw_bson import RawBSONDocument

from models.base import StoredDocument
from ohms_graphql.fhir.storage import Raw, encoded, exact


def pattern(document: StoredDocument) -> Raw:
    """The document as it is stored, id first."""
    raw = encoded(document)
    options = exact(type(document)).codec_options

    def packed(value: Any) -> Any:
        if isinstance(value, dict):
            return RawBSONDocument(bson.encode(value, codec_options=options))
        return [packed(item) for item in value] if isinstance(value, list) else value

    return {"_id": None, **{name: packed(value) for name, value in raw.items() if name != "_id"}}
