"""A column: the values of one field for all rows of a list (``schema.columns``)."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any

from graphql import Undefined

Values = list[Any]
Rest = Callable[[], Awaitable[Values]]
"""What remains to be done when loaders have answered. It may be left undone."""


class Unfit(Exception):
    """For graphql-core: it finds out what is wrong, and says so."""


class Column(ABC):
    """Completes values of one type and selection. ``loads``: relations below are loaded on the way, by ``begin``."""

    loads = False

    @abstractmethod
    def complete(self, values: Values) -> Values:
        """As many as ``values``, in their order; null for null. Raises whatever the values raise, and Unfit."""

    def begin(self, values: Values, context: Any) -> Rest:  # noqa: ARG002  # those that load need it
        """Does all that need not wait, and raises what that raises. Loaders are asked at once, so that it is one batch."""
        completed = self.complete(values)

        async def rest() -> Values:
            return completed

        return rest


def each_of(read: Callable[[Any], Any], values: Values) -> Values:
    """Raises Unfit when ``read`` raises StopIteration, which looks to ``map`` as if there were no more values."""
    made = list(map(read, values))
    if len(made) != len(values):
        raise Unfit
    return made


def around_nulls(values: Values, complete: Callable[[Values], Values]) -> Values:
    present = [value for value in values if value is not None]
    return with_nulls(values, complete(present)) if present else values


def with_nulls(values: Values, completed: Values) -> Values:
    """What was made of those that are not null, each in the place of its value."""
    if len(completed) == len(values):
        return completed
    made = iter(completed)
    return [None if value is None else next(made) for value in values]


def is_strange(found: type) -> bool:
    """Of a class whose values graphql-core does not complete: it awaits or raises them, or takes them for null."""
    return hasattr(found, "__await__") or issubclass(found, Exception) or found is type(Undefined)
