"""Documents on their way to and from the database without loss: decimals keep their digits, the source is not walked through."""

from decimal import Decimal
from typing import Any

from beanie.odm.utils.dump import get_dict
from bson import CodecOptions, Decimal128
from bson.codec_options import TypeCodec, TypeRegistry
from pymongo.asynchronous.collection import AsyncCollection

from models.base import StoredDocument

Raw = dict[str, Any]


class _Decimals(TypeCodec):
    python_type = Decimal  # type: ignore[assignment]  # PyMongo declares these as properties
    bson_type = Decimal128  # type: ignore[assignment]

    def transform_python(self, value: Any) -> Decimal128:
        return Decimal128(value)

    def transform_bson(self, value: Any) -> Decimal:
        decimal: Decimal = value.to_decimal()
        return decimal


_OPTIONS: CodecOptions[Raw] = CodecOptions(tz_aware=True, type_registry=TypeRegistry([_Decimals()]))


def exact(document: type[StoredDocument]) -> AsyncCollection[Raw]:
    """The collection of a document class, with ``Decimal`` on both sides."""
    return document.get_pymongo_collection().with_options(codec_options=_OPTIONS)


def encoded(document: StoredDocument) -> Raw:
    """The document as Beanie stores it. The source goes in as it came: walking through it would take longer than all the rest."""
    raw: Raw = get_dict(document, to_db=True, exclude={"source"})
    source = document.source
    raw["source"] = None if source is None else {name: getattr(source, name) for name in type(source).model_fields}
    return raw
