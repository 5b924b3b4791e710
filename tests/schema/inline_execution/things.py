"""What random schemas are made of: objects that raise when they are read, values of every kind, loaders that fail."""

import asyncio
from collections import Counter
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from types import coroutine
from typing import Any

from resolvers.loaders.base import Loader


@dataclass(frozen=True)
class Raised:
    """Stands for a value that cannot be had: reading it raises."""

    error: Exception


@dataclass(frozen=True)
class Fresh:
    """Stands for a value that is made anew whenever it is read, such as a generator."""

    make: Callable[[], Any]


def given(value: Any) -> Any:
    if isinstance(value, Raised):
        raise value.error
    return value.make() if isinstance(value, Fresh) else value


class Thing:
    """Has its values in its dictionary. Those that raise or are made anew are found by ``__getattr__``, as properties would."""

    def __getattr__(self, name: str) -> Any:
        try:
            value = self.__dict__[f"_{name}"]
        except KeyError:
            raise AttributeError(f"There is no {name}.") from None
        return given(value)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"  # without an address, and without its values: it is in answers and messages of errors


def put(thing: Thing, name: str, value: Any) -> None:
    thing.__dict__[f"_{name}" if isinstance(value, Raised | Fresh) else name] = value


def filled(class_: type, values: Mapping[str, Any]) -> Any:
    """An instance, without its ``__init__``."""
    made: Any = object.__new__(class_)
    for name, value in values.items():
        put(made, name, value)
    return made


class Later:
    """Can be awaited any number of times."""

    def __init__(self, value: Any, turns: int) -> None:
        self._value = value
        self._turns = turns

    def __await__(self) -> Generator[Any, None, Any]:
        for _ in range(self._turns):
            yield from asyncio.sleep(0).__await__()
        return given(self._value)

    def __repr__(self) -> str:
        return "<Later>"


class Text(str):
    """Is text, and not quite."""

    __slots__ = ()


class AsyncItems:
    def __init__(self, items: list[Any]) -> None:
        self._items = items

    async def __aiter__(self) -> Any:
        for item in self._items:
            await asyncio.sleep(0)
            yield item

    def __repr__(self) -> str:
        return "<AsyncItems>"


def coroutine_of(value: Any) -> Fresh:
    async def made() -> Any:
        await asyncio.sleep(0)
        return given(value)

    return Fresh(made)


def old_coroutine_of(value: Any) -> Fresh:
    """A generator that can be awaited, as coroutines were before they had a keyword."""

    @coroutine
    def made() -> Generator[Any, Any, Any]:
        yield from asyncio.sleep(0).__await__()
        return given(value)

    return Fresh(made)


class Table(Loader[Any, Any]):
    """``batches`` has the keys of each batch. A table that is ``broken`` fails all batches."""

    def __init__(self, rows: Mapping[Any, Any], turns: int, broken: Exception | None) -> None:
        super().__init__()
        self.batches: list[list[Any]] = []
        self._rows = rows
        self._turns = turns
        self._broken = broken

    async def batch_load_fn(self, keys: list[Any]) -> list[Any]:
        self.batches.append(list(keys))
        for _ in range(self._turns):
            await asyncio.sleep(0)
        if self._broken is not None:
            raise self._broken
        return [self._rows.get(key) for key in keys]


@dataclass
class Context:
    """Of one execution. ``early`` has the errors that were there when the first field had to wait."""

    tables: list[Table]
    batches: list[list[list[Any]]] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    early: list[Any] = field(default_factory=list)
    waited: bool = False
    inlined: int = 0
    fallbacks: int = 0

    def __post_init__(self) -> None:
        self.batches = [table.batches for table in self.tables]
