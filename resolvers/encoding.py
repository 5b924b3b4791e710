"""Changes of a document on their way to the database without Beanie: as its own write roads would store them."""

from collections.abc import Mapping
from typing import Any

from beanie.odm.utils.encoder import Encoder
from pydantic import TypeAdapter

from models.base import StoredDocument


def stored_changes(document: type[StoredDocument], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The values of top-level fields for ``$set``: each becomes what its field's type says, so that secrets are encrypted.

    Raises pydantic's ValidationError for a value that does not fit, KeyError for a name that the document has no field of.
    """
    encoder = Encoder(to_db=True, custom_encoders=document.get_settings().bson_encoders)
    return {name: encoder.encode(_field(document, name).validate_python(value)) for name, value in changes.items()}


def stored_part(document: type[StoredDocument], value: Any) -> Any:
    """A value object that is put into a list or below a field (``$push``, ``$addToSet``). It is encrypted by its own type."""
    return Encoder(to_db=True, custom_encoders=document.get_settings().bson_encoders).encode(value)


_fields: dict[tuple[str, str], TypeAdapter[Any]] = {}


def _field(document: type[StoredDocument], name: str) -> TypeAdapter[Any]:
    key = (document.__name__, name)
    if key not in _fields:
        _fields[key] = TypeAdapter(document.model_fields[name].rebuild_annotation())
    return _fields[key]
