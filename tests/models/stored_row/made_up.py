"""Documents of any class with anything in them that fits."""

import types
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar, Union, get_args, get_origin

from hypothesis import strategies as st
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from models.base import StoredDocument
from models.money import Money
from models.secret import SecretDate, SecretJson, SecretText
from models.secret_words import SecretWords

D = TypeVar("D", bound=StoredDocument)

_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
_INSTANT = st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda instant: instant.replace(microsecond=instant.microsecond // 1000 * 1000)
)
_DECIMAL = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9)
_JSON = st.dictionaries(_TEXT.filter(lambda key: bool(key) and not key.startswith("$") and "." not in key), _TEXT, max_size=2)

_PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    str: _TEXT,
    int: st.integers(-(2**40), 2**40),
    float: st.floats(-1e6, 1e6),
    bool: st.booleans(),
    bytes: st.binary(max_size=8),
    datetime: _INSTANT,
    date: st.dates(date(1900, 1, 1), date(2100, 1, 1)),
    Decimal: _DECIMAL,
    Any: _JSON,
    type(None): st.none(),
}


def made_up(document: type[D]) -> st.SearchStrategy[D]:
    return _model(document, but={"revision_id"})


def _model(model: type[Any], but: frozenset[str] | set[str] = frozenset()) -> st.SearchStrategy[Any]:
    if issubclass(model, Money):
        return st.builds(model, minor_units=st.integers(-(10**9), 10**9), currency=st.sampled_from(["USD", "JPY"]))
    fields = {name: field for name, field in model.model_fields.items() if name not in but}
    required = {field.alias or name: _field(field) for name, field in fields.items() if field.is_required()}
    others = {field.alias or name: _field(field) for name, field in fields.items() if not field.is_required()}
    return st.fixed_dictionaries(required, optional=others).map(lambda values: model(**values))


def _field(field: FieldInfo) -> st.SearchStrategy[Any]:
    bounds = {type(bound).__name__: bound for bound in field.metadata}
    if field.annotation is int and "Ge" in bounds:
        return st.integers(int(bounds["Ge"].ge), 2**40)
    return _annotation(field.annotation)


def _annotation(annotation: Any) -> st.SearchStrategy[Any]:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if annotation in _PLAIN:
        return _PLAIN[annotation]
    if origin in (Union, types.UnionType):
        return st.one_of([_annotation(argument) for argument in arguments])
    if origin is list:
        return st.lists(_annotation(arguments[0]), max_size=2)
    if origin is dict or annotation is dict:
        return _JSON
    if origin is not None and hasattr(annotation, "__metadata__"):
        return _annotation(arguments[0])
    return _class(annotation)


def _class(kind: type[Any]) -> st.SearchStrategy[Any]:
    if issubclass(kind, Enum):
        return st.sampled_from(list(kind))
    if issubclass(kind, SecretText):
        return _TEXT.map(kind)
    if issubclass(kind, SecretDate):
        return _PLAIN[date].map(lambda day: kind(day.year, day.month, day.day))
    if issubclass(kind, SecretJson):
        return _JSON.map(kind)
    if issubclass(kind, SecretWords):
        return st.lists(_TEXT, max_size=3).map(kind)
    if issubclass(kind, BaseModel):
        return st.deferred(lambda: _model(kind))
    raise TypeError(f"nothing is made up for {kind}")
