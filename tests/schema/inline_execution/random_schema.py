"""Random Strawberry schemas: every kind of type and field, each type built from those before it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Annotated, Any, Generic, Optional, TypeVar, Union

import strawberry
from graphql import GraphQLSchema
from strawberry.extensions import FieldExtension
from strawberry.permission import BasePermission
from strawberry.schema.config import StrawberryConfig

from schema.relation import Relation, related
from tests.schema.inline_execution.leaves import ANNOTATIONS, SCALAR_MAP
from tests.schema.inline_execution.things import Raised, Thing, given

T = TypeVar("T")
KIND = "kind"
"""Where the metadata of a field say how it gets its value."""
TABLE = "table"
"""Where the metadata of a relation have the number of its table."""


@strawberry.type
class Edge(Thing, Generic[T]):
    __repr__ = Thing.__repr__  # not that of dataclasses
    node: T
    cursor: str


@strawberry.type
class Connection(Thing, Generic[T]):
    __repr__ = Thing.__repr__
    nodes: list[T]
    edges: list[Edge[T]] | None
    total: int | None


class Passing(FieldExtension):
    def resolve(self, next_: Callable[..., Any], source: Any, info: strawberry.Info, **kwargs: Any) -> Any:
        info.context.calls[f"extension of {info.field_name}"] += 1
        return next_(source, info, **kwargs)


class Sometimes(BasePermission):
    message = "Not for you."

    def has_permission(self, source: Any, info: strawberry.Info, **kwargs: Any) -> bool:
        info.context.calls[f"permission of {info.field_name}"] += 1
        return not getattr(source, "closed", False)


@dataclass(frozen=True)
class World:
    """``tables`` has the annotation of what each table's rows are."""

    schema: GraphQLSchema
    query: type
    mutation: type
    tables: list[Any]
    is_async: bool


def random_world(seed: int) -> World:
    return _Builder(Random(seed), is_async=seed % 3 > 0).world()


class _Builder:
    def __init__(self, random: Random, *, is_async: bool) -> None:
        self._random = random
        self._is_async = is_async
        self._outputs: list[Any] = []
        self._tables: list[Any] = []
        self._fields = 0

    def world(self) -> World:
        self._outputs.append(self._type("Smallest", (Thing,), 3, plain=True))
        for number in range(self._random.randint(5, 8)):
            self._add(number)
            if self._is_async and number % 2 == 0:
                self._tables.append(self._optional(self._wrapped(self._composite())))
        every = list(self._outputs)
        query, mutation = self._root("Query", every), self._root("Mutation", every[-4:])
        schema = strawberry.Schema(
            query=query, mutation=mutation, types=self._classes(), config=StrawberryConfig(scalar_map=SCALAR_MAP)
        )
        return World(schema._schema, query, mutation, self._tables, self._is_async)

    def _classes(self) -> list[type]:
        return [each for each in self._outputs if isinstance(each, type) and hasattr(each, "__strawberry_definition__")]

    # -- types

    def _add(self, number: int) -> None:
        kind = self._random.choices(["object", "interface", "union", "connection"], [6, 3, 1, 2])[0]
        plain = self._random.random() < 0.7
        if kind == "object":
            self._outputs.append(self._type(f"T{number}", (Thing,), self._random.randint(2, 6), plain=plain))
        elif kind == "interface":
            self._add_interface(number, plain=plain)
        elif kind == "connection":
            self._outputs.append(Connection[self._random.choice(self._classes())])  # type: ignore[misc]
        else:
            members = self._random.sample(self._objects(), min(2, len(self._objects())))
            union: Any = Union[tuple(members)]  # noqa: UP007  # made of a list
            several: Any = Annotated[union, strawberry.union(f"U{number}")]
            self._outputs.append(several if len(members) > 1 else members[0])

    def _objects(self) -> list[type]:
        return [each for each in self._classes() if not each.__strawberry_definition__.is_interface]  # type: ignore[attr-defined]

    def _add_interface(self, number: int, *, plain: bool) -> None:
        random = self._random
        bases: tuple[type, ...] = (self._type(f"I{number}", (Thing,), random.randint(1, 3), plain=plain, is_interface=True),)
        top = bases[0]
        if random.random() < 0.3:
            bases = (self._type(f"J{number}", bases, 1, plain=plain, is_interface=True),)
        members = [
            self._type(f"T{number}{letter}", bases if letter != "a" else (top,), random.randint(0, 3), plain=plain)
            for letter in "abc"[: random.randint(1, 3)]
        ]
        self._outputs += [top, *members]

    def _type(self, name: str, bases: tuple[type, ...], size: int, *, plain: bool, is_interface: bool = False) -> type:
        annotations: dict[str, Any] = {}
        namespace: dict[str, Any] = {"__annotations__": annotations, "__repr__": Thing.__repr__}
        for _ in range(size):
            self._fields += 1
            self._add_field(f"f{self._fields}", annotations, namespace, plain=plain)
        if is_interface and self._random.random() < 0.15:
            namespace["resolve_type"] = classmethod(lambda cls, value, info, abstract: type(value).__name__)
        elif not is_interface and self._random.random() < 0.15:
            namespace["is_type_of"] = classmethod(lambda cls, value, info: isinstance(value, cls))
        made = type(name, bases, namespace)
        return strawberry.interface(made) if is_interface else strawberry.type(made)

    def _root(self, name: str, outputs: list[Any]) -> type:
        annotations: dict[str, Any] = {}
        namespace: dict[str, Any] = {"__annotations__": annotations}
        for output in outputs:
            for _ in range(2):
                self._fields += 1
                self._add_field(f"f{self._fields}", annotations, namespace, plain=False, of=self._wrapped(output))
        return strawberry.type(type(name, (Thing,), namespace))

    # -- fields

    def _add_field(
        self, name: str, annotations: dict[str, Any], namespace: dict[str, Any], *, plain: bool, of: Any = None
    ) -> None:
        random = self._random
        type_ = self._optional(
            of or self._wrapped(self._leaf() if random.random() < 0.6 or not self._outputs else self._composite())
        )
        kinds = {"attribute": 10, "method": 4}
        if self._is_async and self._tables:
            kinds["relation"] = 4
        if not plain:
            kinds |= {"informed": 3, "argued": 2, "extended": 1, "extended method": 1, "permitted": 1}
            if self._is_async:
                kinds |= {"async": 3, "async argued": 1}
        kind = random.choices(list(kinds), list(kinds.values()))[0]
        if kind == "relation":
            namespace[name] = self._relation(name)
        elif kind == "attribute":
            annotations[name] = type_
        else:
            namespace[name] = _field(kind, name, type_)
            if kind in {"extended", "permitted"}:
                annotations[name] = type_

    def _relation(self, name: str) -> Any:
        table = self._random.randrange(len(self._tables))
        strict = self._random.random() < 0.3

        def show(found: Any) -> Any:
            if strict and found is None:
                raise LookupError("There is none.")
            return given(found) if isinstance(found, Raised) else found

        type_ = self._tables[table]
        if self._random.random() < 0.4 and _inner(type_) is not type_:
            type_ = _inner(type_)
        relation = Relation(lambda context: context.tables[table], lambda source: getattr(source, f"key_{name}"), show)  # type: ignore[attr-defined]
        made = related(type_, relation, description="Another.")
        made.metadata = {**made.metadata, KIND: "relation", TABLE: table}
        return made

    def _leaf(self) -> Any:
        return ANNOTATIONS[self._random.choice([*ANNOTATIONS, "Fickle", "Fickle"])]

    def _composite(self) -> Any:
        return self._random.choice(self._outputs[-5:])

    def _wrapped(self, type_: Any) -> Any:
        """In no list, a list or a list of lists, null or not at each level."""
        for _ in range(self._random.choices([0, 1, 2], [5, 4, 1])[0]):
            type_ = list[self._optional(type_)]  # type: ignore[misc]
        return type_

    def _optional(self, type_: Any) -> Any:
        return Optional[type_] if self._random.random() < 0.5 else type_  # noqa: UP045


def _inner(optional: Any) -> Any:
    inner = [each for each in getattr(optional, "__args__", ()) if each is not type(None)]
    return inner[0] if type(None) in getattr(optional, "__args__", ()) and len(inner) == 1 else optional


def _field(kind: str, name: str, type_: Any) -> Any:
    metadata = {KIND: kind}
    if kind == "extended":
        return strawberry.field(extensions=[Passing()], metadata=metadata)
    if kind == "permitted":
        return strawberry.field(permission_classes=[Sometimes], metadata=metadata)
    resolver = _RESOLVERS[kind.removeprefix("extended ")](f"of_{name}", name)
    extensions: list[Any] = [Passing()] if kind.startswith("extended") else []
    return strawberry.field(resolver=resolver, graphql_type=type_, extensions=extensions, metadata=metadata)


def _method(stored: str, name: str) -> Any:
    def method(self: Any) -> Any:
        return getattr(self, stored)

    return method


def _informed(stored: str, name: str) -> Any:
    def method(self: Any, info: strawberry.Info) -> Any:
        info.context.calls[name] += 1
        return getattr(self, stored)

    return method


def _argued(stored: str, name: str) -> Any:
    def method(self: Any, info: strawberry.Info, n: int = 1) -> Any:
        info.context.calls[f"{name} {n}"] += 1
        if n == 3:
            raise ValueError("Not three.")
        return None if n == 2 else getattr(self, stored)

    return method


def _async(stored: str, name: str) -> Any:
    async def method(self: Any, info: strawberry.Info) -> Any:
        info.context.calls[name] += 1
        for _ in range(getattr(self, "turns", 0)):
            await asyncio.sleep(0)
        return getattr(self, stored)

    return method


def _async_argued(stored: str, name: str) -> Any:
    plain = _argued(stored, name)

    async def method(self: Any, info: strawberry.Info, n: int = 1) -> Any:
        await asyncio.sleep(0)
        return plain(self, info, n)

    return method


_RESOLVERS: dict[str, Callable[[str, str], Any]] = {
    "method": _method,
    "informed": _informed,
    "argued": _argued,
    "async": _async,
    "async argued": _async_argued,
}
