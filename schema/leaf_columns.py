"""Columns of scalars and enums: checked and coerced as graphql-core would, most of them by a look at their classes."""

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any

from graphql import (
    GRAPHQL_MAX_INT,
    GRAPHQL_MIN_INT,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLString,
    Undefined,
)

from schema.column import Column, Unfit, Values, around_nulls, each_of, is_strange
from schema.scalars import show_instant, show_instants


class Leaves(Column):
    """Scalars and enums. ``known`` tells whether all values, of these classes, are already what coercion would make of them."""

    def __init__(self, type_: GraphQLLeafType) -> None:
        self._coerce = type_.coerce_output_value
        self._coerce_all = _OF_MANY.get(self._coerce)
        self._known = _KNOWN.get(type_.name) if type_ in _BUILT_IN else None
        self._names: Mapping[int, str] = {}
        self._class: type | None = None
        if isinstance(type_, GraphQLEnumType):
            self._class = getattr(type_, "wrapped_cls", None)
            # By identity: members are hashed in Python. Each is there once, and as long as its class.
            self._names = {id(member): self._coerce(member) for member in self._class or ()}

    def complete(self, values: Values) -> Values:
        classes = set(map(type, values))
        if type(None) in classes:
            return around_nulls(values, self.complete)
        if self._known is not None and self._known(classes, values):
            return values
        if self._class is not None and classes == {self._class}:
            return list(map(self._names.__getitem__, map(id, values)))
        if any(not issubclass(found, _ORDINARY) and is_strange(found) for found in classes):
            raise Unfit
        coerced = each_of(self._coerce, values) if self._coerce_all is None else self._coerce_all(values)
        if not _NOTHING.isdisjoint(map(type, coerced)):
            raise Unfit
        return coerced


def _texts(classes: set[type], _values: Values) -> bool:
    return all(issubclass(found, str) for found in classes)


def _integers(classes: set[type], values: Values) -> bool:
    return classes == {int} and min(values) >= GRAPHQL_MIN_INT and max(values) <= GRAPHQL_MAX_INT


def _floats(classes: set[type], values: Values) -> bool:
    return classes == {float} and all(map(isfinite, values))


def _booleans(classes: set[type], _values: Values) -> bool:
    return classes == {bool}


_BUILT_IN = frozenset({GraphQLString, GraphQLID, GraphQLInt, GraphQLFloat, GraphQLBoolean})
_KNOWN: dict[str, Callable[[set[type], Values], bool]] = {
    "String": _texts,
    "ID": _texts,
    "Int": _integers,
    "Float": _floats,
    "Boolean": _booleans,
}
_ORDINARY = (str, int, float)
_NOTHING = frozenset({type(None), type(Undefined)})
"""By their classes: to look for ``Undefined`` itself is to call its ``__eq__`` for each value."""
_OF_MANY: Mapping[Any, Callable[[Values], Values]] = {show_instant: show_instants}
