"""Random values for the fields of a schema: right ones, and with a given chance any that a resolver could come up with."""

import asyncio
from collections import deque
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any, TypeGuard, cast

import strawberry
from graphql import (
    GraphQLError,
    GraphQLField,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    Undefined,
    is_abstract_type,
    is_leaf_type,
)
from strawberry.types.field import StrawberryField

from tests.schema.inline_execution.leaves import ANNOTATIONS, odd, right
from tests.schema.inline_execution.random_schema import KIND, TABLE, World
from tests.schema.inline_execution.things import (
    AsyncItems,
    Context,
    Fresh,
    Later,
    Raised,
    Table,
    coroutine_of,
    filled,
    old_coroutine_of,
)

_KEYS = 5


@dataclass(frozen=True)
class Data:
    """Of one schema. Every execution reads the same objects, and loads by loaders of its own."""

    query: Any
    mutation: Any
    rows: list[dict[Any, Any]]
    turns: int
    broken: list[Exception | None]
    errors: list[Exception]

    def context(self) -> Context:
        return Context([Table(rows, self.turns, broken) for rows, broken in zip(self.rows, self.broken, strict=True)])

    def forget_frames(self) -> None:
        """Of those who raised the errors."""
        for error in self.errors:
            error.__traceback__ = error.__context__ = error.__cause__ = None


class Source:
    """``wild`` is the chance of each value to be something else than its type says."""

    def __init__(self, world: World, random: Random, wild: float) -> None:
        self._world = world
        self._random = random
        self._wild = wild
        self._left = 400
        self._errors: list[Exception] = []
        self._may_make_coroutines = False

    def data(self) -> Data:
        schema, random = self._world.schema, self._random
        assert schema.query_type is not None
        assert schema.mutation_type is not None
        rows = [self._rows(number) for number in range(len(self._world.tables))]
        broken = [self._error() if random.random() < self._wild else None for _ in rows]
        return Data(
            self._object(schema.query_type), self._object(schema.mutation_type), rows, random.randint(0, 2), broken, self._errors
        )

    def _rows(self, table: int) -> dict[Any, Any]:
        type_ = self._type_of_table(table)
        if type_ is None:
            return {}
        rows = {}
        for key in range(_KEYS):
            if self._random.random() < 0.9:
                rows[key] = self._error() if self._random.random() < self._wild else self.value(type_)
        return rows

    def _type_of_table(self, table: int) -> GraphQLOutputType | None:
        for type_ in self._world.schema.type_map.values():
            for field in getattr(type_, "fields", {}).values():
                if _metadata(field).get(TABLE) == table:
                    return field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type  # type: ignore[no-any-return]
        return None

    # -- values

    def value(self, type_: GraphQLOutputType) -> Any:
        random = self._random
        if random.random() < self._wild:
            return self._odd(type_)
        if isinstance(type_, GraphQLNonNull):
            return self._right(type_.of_type)
        return None if random.random() < 0.15 else self._right(type_)

    def _right(self, type_: Any) -> Any:
        self._left -= 1
        if isinstance(type_, GraphQLList):
            return self._items(type_)
        if is_leaf_type(type_):
            return right(type_.name, self._random)
        if is_abstract_type(type_):
            return self._object(self._random.choice(self._world.schema.get_possible_types(type_)))
        return self._object(type_)

    def _items(self, type_: GraphQLList[Any]) -> list[Any]:
        return [self.value(type_.of_type) for _ in range(self._random.choice([0, 1, 2, 2, 3, 4]) if self._left > 0 else 0)]

    def _object(self, type_: GraphQLObjectType) -> Any:
        self._may_make_coroutines = False
        definition = type_.extensions["strawberry-definition"]
        class_ = definition.concrete_of.origin if definition.concrete_of else definition.origin
        if self._random.random() < self._wild:
            class_ = _subclass(class_)
        values: dict[str, Any] = {"turns": self._random.randint(0, 3), "closed": self._random.random() < self._wild}
        for field in type_.fields.values():
            self._fill(field, values)
        made = filled(class_, values)
        return self._cast(made) if self._random.random() < 0.3 * self._wild else made

    def _cast(self, made: Any) -> Any:
        return strawberry.cast(self._random.choice(self._objects()).extensions["strawberry-definition"].origin, made)

    def _objects(self) -> list[GraphQLObjectType]:
        types = self._world.schema.type_map.values()
        return [each for each in types if _is_ours(each) and each.name not in {"Query", "Mutation"}]

    def _fill(self, field: GraphQLField, values: dict[str, Any]) -> None:
        name, kind = _definition(field).python_name, _metadata(field).get(KIND, "attribute")
        if kind == "relation":
            values[f"key_{name}"] = self._key()
        elif kind in {"attribute", "extended", "permitted"}:
            values[name] = self.value(field.type)
        else:
            self._may_make_coroutines = kind != "method"
            values[f"of_{name}"] = self.value(field.type)
            self._may_make_coroutines = False

    def _key(self) -> Any:
        if self._random.random() < self._wild:
            return self._random.choice([Raised(self._error()), [], True, 3.0, "none", None])
        return None if self._random.random() < 0.1 else self._random.randrange(_KEYS)

    # -- what is out of the ordinary

    def _odd(self, type_: GraphQLOutputType) -> Any:  # noqa: PLR0911  # one line for each oddity
        random = self._random
        bare = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
        kinds = ["null", "raised", "error", "undefined", "other", "later", "leaf", "leaf", "leaf"]
        if isinstance(bare, GraphQLList):
            kinds += ["iterable"] * 6
        kind = random.choice(kinds)
        if kind == "null":
            return None
        if kind == "raised":
            return Raised(self._error())
        if kind == "error":
            return self._error()
        if kind == "undefined":
            return Undefined
        if kind == "later":
            return self._later(self._right(bare) if random.random() < 0.7 else Raised(self._error()))
        if kind == "iterable":
            return self._iterable(self._items(cast("GraphQLList[Any]", bare)))
        return self._other(bare) if kind == "other" else self._odd_leaf(bare)

    def _odd_leaf(self, type_: Any) -> Any:
        return odd(type_.name if is_leaf_type(type_) else self._random.choice(list(ANNOTATIONS)), self._random)

    def _other(self, type_: Any) -> Any:
        """An object of another class, or what looks like one."""
        other = self._random.choice(self._objects())
        if self._random.random() < 0.3 or self._left <= 0:
            return {"f1": 1}
        made = self._object(other)
        if self._random.random() < 0.3 and isinstance(type_, GraphQLObjectType):
            return filled(_Stranger, self._object(type_).__dict__)  # all fields, and a class that is not related to it
        return made

    def _later(self, value: Any) -> Any:
        if not self._world.is_async:
            return Raised(self._error())
        kind = self._random.choice(["later", "coroutine", "old"]) if self._may_make_coroutines else "later"
        if kind == "later":
            return Later(value, self._random.randint(0, 2))
        return coroutine_of(value) if kind == "coroutine" else old_coroutine_of(value)

    def _iterable(self, items: list[Any]) -> Any:
        made: list[Any] = [
            tuple(items),
            deque(items),
            Fresh(lambda: iter(items)),
            dict(enumerate(items)).values(),
            "text",
            {"a": 1},
        ]
        if self._world.is_async:
            made.append(AsyncItems(items))
        return self._random.choice(made)

    def _error(self) -> Exception:
        kinds: list[type[Exception]] = [ValueError, LookupError, AttributeError, StopIteration, GraphQLError, asyncio.QueueEmpty]
        error = self._random.choice(kinds)(f"Error {len(self._errors) + 1}.")
        self._errors.append(error)
        return error


class _Stranger:
    def __repr__(self) -> str:
        return "<Stranger>"


@cache
def _subclass(class_: type) -> type:
    """Not a type of the schema, and its objects are of one all the same."""
    return type(f"{class_.__name__}OfSomeKind", (class_,), {})


def _definition(field: GraphQLField) -> StrawberryField:
    definition: StrawberryField = field.extensions["strawberry-definition"]
    return definition


def _metadata(field: GraphQLField) -> Any:
    definition = field.extensions.get("strawberry-definition")
    return {} if definition is None else definition.metadata


def _is_ours(type_: GraphQLNamedType) -> TypeGuard[GraphQLObjectType]:
    return isinstance(type_, GraphQLObjectType) and "strawberry-definition" in type_.extensions
