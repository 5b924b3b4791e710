"""Completing many values of one selection at once: the part of execution that needs neither resolvers nor errors.

A column holds the values of one field of all rows of a list. Leaves are checked and coerced a column at a time, lists and
objects below are flattened into longer columns, and the rows are put together at the end. Nothing here has effects: attributes
are read, values coerced, loaders asked. So whatever is out of the ordinary (an exception, a null where none may be, a value of an
unexpected class) raises, what was done is thrown away, and graphql-core does all of it in its own way
(``schema.inline_execution``).
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import repeat
from operator import attrgetter, itemgetter
from typing import Any

from graphql.pyutils import gather_with_cancel
from strawberry.types.cast import get_strawberry_type_cast

from schema.column import Column, Rest, Unfit, Values, around_nulls, each_of, is_strange, with_nulls
from schema.relation import Asked, Relation
from schema.shown_document import StoredField


class NonNull(Column):
    def __init__(self, inner: Column) -> None:
        self._inner = inner
        self.loads = inner.loads

    def complete(self, values: Values) -> Values:
        return self._without_null(self._inner.complete(values))

    def begin(self, values: Values, context: Any) -> Rest:
        self._without_null(values)
        inner = self._inner.begin(values, context)

        async def rest() -> Values:
            return self._without_null(await inner())

        return rest

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

    def begin(self, values: Values, context: Any) -> Rest:
        items = self._item.begin(self._items(values), context)

        async def rest() -> Values:
            return self._lists_again(values, await items())

        return rest

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
        return around_nulls(values, self._complete)

    def _complete(self, values: Values) -> Values:
        places = self._places(values)
        return self._placed(values, [(at, column.complete([values[i] for i in at])) for column, at in places])

    def begin(self, values: Values, context: Any) -> Rest:
        present = [value for value in values if value is not None]
        places = self._places(present)
        parts = [column.begin([present[i] for i in at], context) for column, at in places]

        async def rest() -> Values:
            completed = await _all(part() for part in parts)
            return with_nulls(values, self._placed(present, list(zip([at for _, at in places], completed, strict=True))))

        return rest

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
    """A field without effects: ``read`` gives its value for one object. ``stored`` is the field of the object's document that it
    goes by, if it is one alone."""

    name: str
    read: Callable[[Any], Any]
    column: Column
    stored: StoredField | None = None


@dataclass(frozen=True, slots=True)
class RelatedField:
    """A field whose objects a loader gives for all rows at once."""

    name: str
    relation: Relation
    column: Column


_FIELDS_OF_DOCUMENT = attrgetter("document.__dict__")


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
        rows = list(map(_FIELDS_OF_DOCUMENT, sources)) if any(each.stored for each in self.plain) else []
        made: dict[str, Iterable[Any]] = {
            each.name: each.column.complete(
                each_of(each.read, sources) if each.stored is None else _of_documents(each.stored, rows)
            )
            for each in self.plain
        }
        for name, value in self.constants.items():
            made[name] = repeat(value, len(sources))
        return made

    def rows(self, columns: Mapping[str, Iterable[Any]]) -> Values:
        return list(map(_row_maker(tuple(self.names)), *(columns[name] for name in self.names)))


def _of_documents(stored: StoredField, rows: list[dict[str, Any]]) -> Values:
    """What was not read raises a KeyError here, and what it should where graphql-core reads it then."""
    values = list(map(itemgetter(stored.name), rows))
    return values if stored.of_values is None else stored.of_values(values)


@lru_cache(maxsize=1000)
def _row_maker(names: tuple[str, ...]) -> Callable[..., dict[str, Any]]:
    """A function from the cells of a row to the row. Compiled, as dataclasses do it: a third of the time that ``dict(zip(...))``
    takes. The names are names of GraphQL: letters, digits and underscores."""
    cells = [f"cell_{place}" for place in range(len(names))]
    row = ", ".join(f"{name!r}: {cell}" for name, cell in zip(names, cells, strict=True))
    made: Callable[..., dict[str, Any]] = eval(f"lambda {', '.join(cells)}: {{{row}}}")  # noqa: S307 -- see above
    return made


class Objects(Column):
    """``origin`` is the only class that is taken, where the type asks its values whether they are of it."""

    def __init__(self, selection: Selection, origin: type | None) -> None:
        self._origin = origin
        self._selection = selection
        self.loads = bool(selection.related or selection.loading)

    def complete(self, values: Values) -> Values:
        return around_nulls(values, self._complete)

    def _complete(self, values: Values) -> Values:
        self._check(values)
        return self._selection.rows(self._selection.columns(values))

    def begin(self, values: Values, context: Any) -> Rest:
        present = [value for value in values if value is not None]
        self._check(present)
        selection = self._selection
        columns = selection.columns(present)
        waiting = {each.name: _related(each, each.relation.ask(present, context), context) for each in selection.related}
        for each in selection.loading:
            waiting[each.name] = each.column.begin(each_of(each.read, present), context)
        loads_again = bool(selection.loading) or any(each.column.loads for each in selection.related)

        async def rest() -> Values:
            if loads_again:
                completed = await _all(part() for part in waiting.values())
            else:
                completed = [await part() for part in waiting.values()]  # all is asked for: no need of a task for each
            columns.update(zip(waiting, completed, strict=True))
            return with_nulls(values, selection.rows(columns))

        return rest

    def _check(self, values: Values) -> None:
        classes = set(map(type, values))
        if self._origin is not None:
            if not classes <= {self._origin} or any(map(get_strawberry_type_cast, values)):
                raise Unfit
        elif any(map(is_strange, classes)):
            raise Unfit


def _related(related: RelatedField, asked: Asked, context: Any) -> Rest:
    """Rows that share an object share what is made of it."""

    async def rest() -> Values:
        values = await asked.values()
        distinct = {id(value): value for value in values}
        made = dict(zip(distinct, await related.column.begin(list(distinct.values()), context)(), strict=True))
        return [made[id(value)] for value in values]

    return rest


async def _all(parts: Iterable[Awaitable[Values]]) -> Iterable[Values]:
    """Side by side, so that what they ask loaders for on the way comes into one batch, too."""
    waiting = list(parts)
    return [await waiting[0]] if len(waiting) == 1 else await gather_with_cancel(*waiting)
