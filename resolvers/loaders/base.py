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
    def _known(self) -> dict[K, Any]:
        """Futures and places by key."""
        return cast("dict[K, Any]", self._cache)

    def clear(self, key: K) -> Self:
        """What is still under way is not forgotten, so that a batch that failed stays failed: whoever asks in the same operation
        for one key after another, or again for all one by one, gets the same error and makes no second command.
        """
        known = self._known.get(key)
        return super().clear(key) if known is None or known.done() else self

    def load(self, key: K) -> "asyncio.Future[R]":
        known = self._known
        place = known.get(key)
        if isinstance(place, _Place):
            known[key] = place.as_future(self.loop)
        return asyncio.shield(super().load(key))

    def load_all(self, keys: Iterable[K]) -> "asyncio.Future[dict[K, R]]":
        """All at once, in the same batch as everything that is asked for in this turn: one future, however many keys.

        Fails with the first key that failed.
        """
        wanted = dict.fromkeys(keys)
        known_by_key = self._known
        together = _Together(self.loop.create_future(), dict(wanted), len(wanted))
        for key in wanted:
            known = known_by_key.get(key)
            if known is None:
                # It has all of a future that the dispatching of a batch asks for.
                known_by_key[key] = place = _Place(key)
                place.add(together)
                self.do_resolve_reject(key, cast("asyncio.Future[R]", place))
            elif isinstance(known, _Place):
                known.add(together)
            else:
                known.add_done_callback(together.of_future(key))
        if not wanted:
            together.future.set_result({})
        return together.future


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

    def of_future(self, key: Any) -> Any:
        def done(future: "asyncio.Future[Any]") -> None:
            error = asyncio.CancelledError() if future.cancelled() else future.exception()
            if error is None:
                self.came(key, future.result())
            else:
                self.failed(error)

        return done


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
        if self._future is not None and not self._future.done():
            self._future.set_result(value)

    def set_exception(self, error: BaseException) -> None:
        for together in self._waiting:
            together.failed(error)
        # Only now: futures refuse some errors, and the dispatcher then fails the place with another.
        self._is_done, self._error = True, error
        if self._future is not None and not self._future.done():
            self._future.set_exception(error)

    def as_future(self, loop: asyncio.AbstractEventLoop) -> "asyncio.Future[Any]":
        if self._future is None:
            self._future = loop.create_future()
            if self._error is not None:
                self._future.set_exception(self._error)
            elif self._is_done:
                self._future.set_result(self._value)
        return self._future
