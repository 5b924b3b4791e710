"""Keyset pages: by the value of one field and the id, never by skip and limit.

A page resumes after the row where the last one ended, so that rows inserted meanwhile neither repeat nor hide others, and deep
pages cost what first pages cost.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, Protocol, TypeVar

from beanie import SortDirection

from models.base import StoredDocument
from resolvers.errors import BadInput

D = TypeVar("D", bound=StoredDocument)
Filter = dict[str, Any]

DEFAULT_PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class Order:
    """By one field of the document, ties broken by id. Each order has its index."""

    field: str
    descending: bool = False

    def reversed(self) -> "Order":
        return Order(self.field, not self.descending)

    @property
    def sort(self) -> list[tuple[str, SortDirection]]:
        direction = SortDirection.DESCENDING if self.descending else SortDirection.ASCENDING
        return [(self.field, direction), ("_id", direction)]


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Relay's four arguments, already checked: use ``page_request``."""

    size: int
    backward: bool = False
    cursor: str | None = None


def page_request(first: int | None, after: str | None, last: int | None, before: str | None, maximum: int) -> PageRequest:
    """Raises BadInput, naming the argument, its limit and its value."""
    if first is not None and last is not None:
        raise BadInput("Give first or last, not both.", ["last"])
    if after is not None and (last is not None or before is not None):
        raise BadInput("after goes with first, before with last.", ["after"])
    backward = last is not None or before is not None
    if backward and first is not None:
        raise BadInput("before goes with last, not with first.", ["before"])
    name, asked = ("last", last) if backward else ("first", first)
    size = min(DEFAULT_PAGE_SIZE, maximum) if asked is None else asked
    if not 0 <= size <= maximum:
        raise BadInput(f"{name} is {size}; it must be from 0 to {maximum}.", [name])
    return PageRequest(size=size, backward=backward, cursor=before if backward else after)


class Count(Protocol):
    async def __call__(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Page(Generic[D]):
    """Rows in the order asked for. ``count`` asks the database for the number of all of them, when somebody wants to know.

    ``mark`` makes the cursors where they are not the usual ones.
    """

    documents: Sequence[D]
    order: Order
    has_next: bool
    has_previous: bool
    count: Count
    mark: Callable[[D], str] | None = None

    def cursor(self, document: D) -> str:
        if self.mark is not None:
            return self.mark(document)
        return encode_cursor(self.order, getattr(document, self.order.field), document.id)


def encode_cursor(order: Order, value: Any, document_id: str) -> str:
    """Opaque to callers. It remembers its order: a cursor of another order is refused, not misread."""
    stored = value.isoformat() if isinstance(value, (date, datetime)) else value
    kind = "t" if isinstance(value, datetime) else "v"
    text = json.dumps([order.field, kind, stored, document_id], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(order: Order, cursor: str, argument: str) -> tuple[Any, str]:
    """The field's value and the id of the row that a cursor stands at. Raises BadInput for anything else than our own cursor."""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        field, kind, value, document_id = json.loads(text)
        value = datetime.fromisoformat(value) if kind == "t" else value
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise BadInput(f"{argument} is not a cursor of this connection.", [argument]) from error
    known = value is None or (isinstance(value, (str, datetime)) and (kind == "t") == isinstance(value, datetime))
    if field != order.field or not isinstance(document_id, str) or not known:
        raise BadInput(f"{argument} is a cursor of another order.", [argument])
    return value, document_id


_BEYOND = {
    (False, False): ("$gt", "$lte"),
    (True, False): ("$lt", "$gte"),
    (False, True): ("$gte", "$lt"),
    (True, True): ("$lte", "$gt"),
}
"""By descending and inclusive: the operator for ids that follow in a walk, and for those that do not."""


def keyset(order: Order, value: Any, document_id: str, *, inclusive: bool = False) -> Filter:
    """The rows strictly after the given one, or with it. Null sorts before every value, as in MongoDB.

    One range and an exception to it, not alternatives: MongoDB would choose an index for each of those, and not always the one
    that the page's own filter wants. "Not greater" is "less" with the nulls.
    """
    beyond, left_behind = _BEYOND[order.descending, inclusive]
    if value is None:
        tie: Filter = {order.field: None, "_id": {beyond: document_id}}
        return tie if order.descending else {"$or": [tie, {order.field: {"$ne": None}}]}
    if order.descending:
        return {order.field: {"$not": {"$gt": value}}, "$nor": [{order.field: value, "_id": {left_behind: document_id}}]}
    return {order.field: {"$gte": value}, "$nor": [{order.field: value, "_id": {left_behind: document_id}}]}


def page_filter(order: Order, request: PageRequest) -> tuple[Order, Filter]:
    """The direction to walk in and the predicate that skips to the cursor."""
    walk = order.reversed() if request.backward else order
    if request.cursor is None:
        return walk, {}
    value, document_id = decode_cursor(order, request.cursor, "before" if request.backward else "after")
    return walk, keyset(walk, value, document_id)


def page_of(documents: list[D], order: Order, request: PageRequest, count: Count) -> Page[D]:
    """A page from up to ``size + 1`` rows in walking order: the one too many tells that there is more."""
    more = len(documents) > request.size
    rows = documents[: request.size]
    if request.backward:
        return Page(rows[::-1], order, has_next=request.cursor is not None, has_previous=more, count=count)
    return Page(rows, order, has_next=more, has_previous=request.cursor is not None, count=count)
