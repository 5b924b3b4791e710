"""Completing many values of one selection at once: the part of execution that needs neither resolvers nor errors.

A column holds the values of one field of all rows of a list. Leaves are checked and coerced a column at a time, lists and
objects below are flattened into longer columns, and the rows are put together at the end. Nothing here has effects: attributes
are read, values coerced, loaders asked. So whatever is out of the ordinary (an exception, a null where none may be, a value of an
unexpected class) raises, what was done is thrown away, and graphql-core does all of it in its own way
(``schema.inline_execution``).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import repeat
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
from strawberry.types.cast import get_strawberry_type_cast

from schema.relation import Relation

Values = list[Any]


class Unfit(Exception):
    """For graphql-core: it finds out what is wrong, and says so."""


class Column:
    """Completes values of one type and selection. ``loads``: relations below are loaded on the way, by ``load``."""

    loads = False

    def complete(self, values: Values) -> Values:
        """As many as ``values``, in their order; null for null. Raises whatever the values raise, and Unfit."""
        raise NotImplementedError

    async def load(self, values: Values, context: Any) -> Values:  # noqa: ARG002  # those that load need it
        return self.complete(values)


# -- leaves -------------------------------------------------------------------------------------------------------------


class Leaves(Column):
    """Scalars and enums. ``known`` tells whether all values, of these classes, are already what coercion would make of them."""

    def __init__(self, type_: GraphQLLeafType) -> None:
        self._coerce = type_.coerce_output_value
        self._known = _KNOWN.get(type_.name) if type_ in _BUILT_IN else None
        self._names: Mapping[Any, str] = {}
        self._class: type | None = None
        if isinstance(type_, GraphQLEnumType):
            self._class = getattr(type_, "wrapped_cls", None)
            self._names = {member: self._coerce(member) for member in self._class or ()}

    def complete(self, values: Values) -> Values:
        classes = set(map(type, values))
        if type(None) in classes:
            return _around_nulls(values, self.complete)
        if self._known is not None and self._known(classes, values):
            return values
        if self._class is not None and classes == {self._class}:
            names = self._names
            return [names[value] for value in values]
        if any(not issubclass(found, _ORDINARY) and _is_strange(found) for found in classes):
            raise Unfit
        coerced = list(map(self._coerce, values))
        if None in coerced or Undefined in coerced:
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


def _is_strange(found: type) -> bool:
    """Of a class whose values graphql-core does not complete: it awaits or raises them, or takes them for null."""
    return hasattr(found, "__await__") or issubclass(found, Exception) or found is type(Undefined)


# -- what wraps others ----------------------------------------------------------------------------------------------------


def _around_nulls(values: Values, complete: Callable[[Values], Values]) -> Values:
    present = [value for value in values if value is not None]
    return _with_nulls(values, complete(present)) if present else values


def _with_nulls(values: Values, completed: Values) -> Values:
    """What was made of those that are not null, each in the place of its value."""
    if len(completed) == len(values):
        return completed
    made = iter(completed)
    return [None if value is None else next(made) for value in values]


class NonNull(Column):
    def __init__(self, inner: Column) -> None:
        self._inner = inner
        self.loads = inner.loads

    def complete(self, values: Values) -> Values:
        return self._without_null(self._inner.complete(values))

    async def load(self, values: Values, context: Any) -> Values:
        return self._without_null(await self._inner.load(values, context))

    def _without_null(self, completed: Values) -> Values:
        if None in completed:
            raise Unfit
        return completed


class Lists(Column):
    """The items of all lists are one column."""

    def __init__(self, item: Column) -> None:
        self._item = item
        self.loads = item.loads

    def complete(self, values: Values) -> Values:
        return self._lists_again(values, self._item.complete(self._items(values)))

    async def load(self, values: Values, context: Any) -> Values:
        return self._lists_again(values, await self._item.load(self._items(values), context))

    def _items(self, values: Values) -> Values:
        items: Values = []
        for value in values:
            if type(value) is list or type(value) is tuple:
                items.extend(value)
            elif value is not None:
                raise Unfit
        return items

    def _lists_again(self, values: Values, completed: Values) -> Values:
        lists: Values = []
        start = 0
        for value in values:
            if value is None:
                lists.append(None)
            else:
                end = start + len(value)
                lists.append(completed[start:end])
                start = end
        return lists


class Abstract(Column):
    """Values of an interface: those of each class are a column of its type."""

    def __init__(self, of_class: Mapping[type, Column]) -> None:
        self._of_class = of_class
        self.loads = any(column.loads for column in of_class.values())

    def complete(self, values: Values) -> Values:
        return _around_nulls(values, self._complete)

    def _complete(self, values: Values) -> Values:
        places = self._places(values)
        return self._placed(values, [(at, column.complete([values[i] for i in at])) for column, at in places])

    async def load(self, values: Values, context: Any) -> Values:
        present = [value for value in values if value is not None]
        parts = [(at, await column.load([present[i] for i in at], context)) for column, at in self._places(present)]
        return _with_nulls(values, self._placed(present, parts))

    def _places(self, values: Values) -> list[tuple[Column, list[int]]]:
        places: dict[type, list[int]] = {}
        for place, value in enumerate(values):
            places.setdefault(type(value), []).append(place)
        if not places.keys() <= self._of_class.keys():
            raise Unfit
        return [(self._of_class[found], at) for found, at in places.items()]

    def _placed(self, values: Values, parts: list[tuple[list[int], Values]]) -> Values:
        completed: Values = [None] * len(values)
        for places, part in parts:
            for place, value in zip(places, part, strict=True):
                completed[place] = value
        return completed


# -- objects --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PlainField:
    """A field without effects: ``read`` gives its value for one object."""

    name: str
    read: Callable[[Any], Any]
    column: Column


@dataclass(frozen=True, slots=True)
class RelatedField:
    """A field whose objects a loader gives for all rows at once."""

    name: str
    relation: Relation
    column: Column


@dataclass(slots=True)
class Selection:
    """What is selected of an object type, by how it is completed.

    ``others`` are graphql-core's: fields with effects or arguments. ``rest`` is all that a single object has to wait for.
    """

    names: list[str] = field(default_factory=list)
    constants: dict[str, str] = field(default_factory=dict)
    plain: list[PlainField] = field(default_factory=list)
    loading: list[PlainField] = field(default_factory=list)
    related: list[RelatedField] = field(default_factory=list)
    others: dict[str, Any] = field(default_factory=dict)
    rest: dict[str, Any] = field(default_factory=dict)

    def read(self, field: PlainField, details: Any) -> None:
        if field.column.loads:
            self.loading.append(field)
            self.rest[field.name] = details
        else:
            self.plain.append(field)

    def relate(self, field: RelatedField, details: Any) -> None:
        self.related.append(field)
        self.rest[field.name] = details

    def leave(self, name: str, details: Any) -> None:
        self.others[name] = self.rest[name] = details

    def cells(self, source: Any) -> dict[str, Any]:
        """The fields of one object that need no loading and no resolver."""
        return {**self.constants, **{each.name: each.column.complete([each.read(source)])[0] for each in self.plain}}

    def columns(self, sources: Values) -> dict[str, Iterable[Any]]:
        """The same of many."""
        made: dict[str, Iterable[Any]] = {each.name: each.column.complete(list(map(each.read, sources))) for each in self.plain}
        for name, value in self.constants.items():
            made[name] = repeat(value, len(sources))
        return made

    def rows(self, columns: Mapping[str, Iterable[Any]]) -> Values:
        names = self.names
        if len(names) == 1:
            name = names[0]
            return [{name: value} for value in columns[name]]
        return [dict(zip(names, cells, strict=True)) for cells in zip(*(columns[name] for name in names), strict=True)]


class Objects(Column):
    """``origin`` is the only class that is taken, where the type asks its values whether they are of it."""

    def __init__(self, selection: Selection, origin: type | None) -> None:
        self._origin = origin
        self._selection = selection
        self.loads = bool(selection.related or selection.loading)

    def complete(self, values: Values) -> Values:
        return _around_nulls(values, self._complete)

    def _complete(self, values: Values) -> Values:
        self._check(values)
        return self._selection.rows(self._selection.columns(values))

    async def load(self, values: Values, context: Any) -> Values:
        present = [value for value in values if value is not None]
        self._check(present)
        selection = self._selection
        columns = selection.columns(present)
        # Asked for before anything is waited for, so that loaders put all of it into one batch.
        asked = [(each, each.relation.ask(present, context)) for each in selection.related]
        for below in selection.loading:
            columns[below.name] = await below.column.load(list(map(below.read, present)), context)
        for each, answer in asked:
            columns[each.name] = await _distinct(each.column, await answer.values(), context)
        return _with_nulls(values, selection.rows(columns))

    def _check(self, values: Values) -> None:
        classes = set(map(type, values))
        if self._origin is not None:
            if not classes <= {self._origin} or any(map(get_strawberry_type_cast, values)):
                raise Unfit
        elif any(map(_is_strange, classes)):
            raise Unfit


async def _distinct(column: Column, values: Values, context: Any) -> Values:
    """Rows that share an object share what is made of it."""
    distinct = {id(value): value for value in values}
    made = dict(zip(distinct, await column.load(list(distinct.values()), context), strict=True))
    return [made[id(value)] for value in values]
