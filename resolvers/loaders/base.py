"""The loader that all others are made from."""

import asyncio
from collections.abc import Hashable, Iterable
from typing import Any, Generic, Self, TypeVar, cast

from aiodataloader import DataLoader

K = TypeVar("K", bound=Hashable)
R = TypeVar("R")


class Loader(DataLoader[K, R], Generic[K, R]):
    """Batches the keys asked for in one turn of the loop into one command. Lives as long as one operation.

    Results are shielded: graphql-core cancels the siblings of a failed field, and a cancelled waiter must not cancel the batch
    that others wait for.
    """

    @property
    def _known(self) -> "dict[K, _Place]":
        return cast("dict[K, _Place]", self._cache)

    def clear(self, key: K) -> Self:
        """What is still under way is not forgotten, so that a batch that failed stays failed: whoever asks in the same operation
        for one key after another, or again for all one by one, gets the same error and makes no second command.
        """
        known = self._known.get(key)
        return super().clear(key) if known is None or known.done() else self

    def load(self, key: K) -> "asyncio.Future[R]":
        if key is None:
            raise TypeError("There is nothing to load for None.")
        return asyncio.shield(self._place(key).as_future(self.loop))

    def load_all(self, keys: Iterable[K]) -> "asyncio.Future[dict[K, R]]":
        """All at once, in the same batch as everything that is asked for in this turn: one future, however many keys.

        Fails with the first key that failed.
        """
        wanted = dict.fromkeys(keys)
        together = _Together(self.loop.create_future(), dict(wanted), len(wanted))
        for key in wanted:
            self._place(key).add(together)
        if not wanted:
            together.future.set_result({})
        return together.future

    def _place(self, key: K) -> "_Place":
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = _Place(key)
            # It has all of a future that the dispatching of a batch asks for.
            self.do_resolve_reject(key, cast("asyncio.Future[R]", known))
        return known


class _Together:
    """Several keys whose values are waited for as one."""

    __slots__ = ("found", "future", "missing")

    def __init__(self, future: "asyncio.Future[dict[Any, Any]]", found: dict[Any, Any], missing: int) -> None:
        self.future = future
        self.found = found
        self.missing = missing

    def came(self, key: Any, value: Any) -> None:
        self.found[key] = value
        self.missing -= 1
        if not self.missing and not self.future.done():
            self.future.set_result(self.found)

    def failed(self, error: BaseException) -> None:
        if not self.future.done():
            self.future.set_exception(error)
            self.future.exception()  # looked at: nobody need wait for it any more


class _Place:
    """Stands for the value of a key, in the queue and the cache of a loader, at a tenth of the cost of a future."""

    __slots__ = ("_error", "_future", "_is_done", "_key", "_value", "_waiting")

    def __init__(self, key: Any) -> None:
        self._key = key
        self._waiting: list[_Together] = []
        self._future: asyncio.Future[Any] | None = None
        self._is_done = False
        self._value: Any = None
        self._error: BaseException | None = None

    def add(self, together: _Together) -> None:
        if not self._is_done:
            self._waiting.append(together)
        elif self._error is not None:
            together.failed(self._error)
        else:
            together.came(self._key, self._value)

    def done(self) -> bool:
        return self._is_done

    def set_result(self, value: Any) -> None:
        self._is_done, self._value = True, value
        for together in self._waiting:
            together.came(self._key, value)
        if self._future is not None:
            self._future.set_result(value)

    def set_exception(self, error: BaseException) -> None:
        """Futures refuse StopIteration. Were it raised here, it would end the batch: its other keys would fail, or not, by their
        order, and those that have their values would be forgotten and loaded again.
        """
        if isinstance(error, StopIteration):
            error = RuntimeError(f"A loader gave {error!r}.")
        self._is_done, self._error = True, error
        for together in self._waiting:
            together.failed(error)
        if self._future is not None:
            self._future.set_exception(error)
            self._future.exception()  # looked at: who waits for it has a shield that tells it

    def as_future(self, loop: asyncio.AbstractEventLoop) -> "asyncio.Future[Any]":
        if self._future is None:
            self._future = loop.create_future()
            if self._error is not None:
                self._future.set_exception(self._error)
            elif self._is_done:
                self._future.set_result(self._value)
        return self._future
