"""Documents on their way to and from the database without loss: decimals keep their digits."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from beanie.odm.utils.encoder import BSON_SCALAR_TYPES, DEFAULT_CUSTOM_ENCODERS
from bson import CodecOptions, Decimal128
from bson.codec_options import TypeCodec, TypeRegistry
from pydantic import BaseModel
from pymongo.asynchronous.collection import AsyncCollection

from models.base import StoredDocument

Raw = dict[str, Any]
Encoders = Mapping[type, Callable[[Any], Any]]


@lru_cache(maxsize=4096)
def _decimal128(digits: str) -> Decimal128:
    # By its digits: 1.0 and 1.00 are equal as numbers.
    return Decimal128(digits)


class _Decimals(TypeCodec):
    python_type = Decimal
    bson_type = Decimal128

    def transform_python(self, value: Any) -> Decimal128:
        return _decimal128(str(value))

    def transform_bson(self, value: Any) -> Decimal:
        decimal: Decimal = value.to_decimal()
        return decimal


_OPTIONS: CodecOptions[Raw] = CodecOptions(tz_aware=True, type_registry=TypeRegistry([_Decimals()]))


def exact(document: type[StoredDocument]) -> AsyncCollection[Raw]:
    """The collection of a document class, with ``Decimal`` on both sides."""
    return document.get_pymongo_collection().with_options(codec_options=_OPTIONS)


def encoded(document: StoredDocument) -> Raw:
    """The document as Beanie's own encoder would store it, by the same rules, which are looked up once for each type."""
    encoding = _encoding_of(type(document))
    fields = document.__dict__
    raw: Raw = {} if encoding.class_id is None else {"_class_id": encoding.class_id}
    raw |= {stored: encoding.encode(fields[name]) for name, stored in encoding.fields.items()}
    raw |= {name: encoding.encode(value) for name, value in (document.__pydantic_extra__ or {}).items()}
    return raw


class _Encoding:
    """How values within one class of documents are stored; its own encoders (``Settings.bson_encoders``) go first."""

    def __init__(self, document: type[StoredDocument]) -> None:
        self.class_id: str | None = document._class_id  # noqa: SLF001 -- Beanie has no other name for it
        self.fields = {name: field.alias or name for name, field in document.model_fields.items() if field.exclude is not True}
        self._own: Encoders = document.get_bson_encoders()  # type: ignore[no-untyped-call]
        self._ways: dict[type, Callable[[Any], Any] | None] = {}

    def encode(self, value: Any) -> Any:
        kind = type(value)
        if kind not in self._ways:
            self._ways[kind] = self._way(kind)
        way = self._ways[kind]
        return value if way is None else way(value)

    def _way(self, kind: type) -> Callable[[Any], Any] | None:
        """None for what is stored as it is. The order of the rules is Beanie's."""
        own = _encoder_of(kind, self._own)
        if own is not None or issubclass(kind, (*BSON_SCALAR_TYPES, Decimal)):  # decimals: see _Decimals
            return own
        default = _encoder_of(kind, DEFAULT_CUSTOM_ENCODERS)
        if default is not None:
            return default
        if issubclass(kind, BaseModel):
            return self._model
        if issubclass(kind, Mapping):
            return lambda value: {str(name): self.encode(item) for name, item in value.items()}
        if issubclass(kind, Iterable):
            return lambda value: [self.encode(item) for item in value]
        raise TypeError(f"{kind.__name__} has no form in the database")

    def _model(self, value: BaseModel) -> Raw:
        fields = {**value.__dict__, **(value.__pydantic_extra__ or {})}
        return {name: self.encode(item) for name, item in fields.items()}


def _encoder_of(kind: type, encoders: Encoders) -> Callable[[Any], Any] | None:
    return encoders.get(kind) or next((encoder for known, encoder in encoders.items() if issubclass(kind, known)), None)


_encodings: dict[type[StoredDocument], _Encoding] = {}


def _encoding_of(document: type[StoredDocument]) -> _Encoding:
    if document not in _encodings:
        _encodings[document] = _Encoding(document)
    return _encodings[document]
