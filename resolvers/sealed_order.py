"""Orders that the database cannot sort by, because the field is encrypted: sorted in memory, up to a limit.

What would let the database sort names would also tell them, near enough (docs/decisions/0030-encryption-at-rest.md). So a list of
patients by name is for what a search, a care team or a small clinic gives; beyond the limit the caller is told to narrow it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from models.base import StoredDocument
from resolvers.errors import BadInput
from resolvers.pagination import Order, PageRequest, decode_cursor, encode_cursor

D = TypeVar("D", bound=StoredDocument)
Filter = dict[str, Any]

MOST = 2000
"""Rows that are sorted in memory: some 15 ms."""


@dataclass(frozen=True, slots=True)
class SealedOrder(Order):
    """By an encrypted ``field``: ``key`` makes of its stored value what is compared; ties are broken by id."""

    key: Callable[[Any], str] = str


@dataclass(frozen=True, slots=True)
class Slice:
    """The ids of a page in their order, and whether there are more on either side."""

    ids: list[str]
    has_next: bool
    has_previous: bool


async def slice_of(document: type[D], visible: Filter, order: SealedOrder, request: PageRequest) -> Slice:
    """One command. Raises BadInput where too many rows match, or the cursor is none of this list."""
    collection = document.get_pymongo_collection()
    rows = await collection.find(visible, {order.field: 1}, limit=MOST + 1, batch_size=MOST + 1).to_list()
    if len(rows) > MOST:
        message = f"orderBy {order.field} sorts at most {MOST} rows; more match here: narrow `where`, or order otherwise."
        raise BadInput(message, ["orderBy"])
    keyed = sorted(((order.key(row.get(order.field)), row["_id"]) for row in rows), reverse=order.descending)
    ids = [document_id for _, document_id in keyed]
    argument = "before" if request.backward else "after"
    at: int | None = None
    if request.cursor is not None:
        _, at_id = decode_cursor(order, request.cursor, argument)
        if at_id not in ids:
            raise BadInput(f"{argument} names a row that is no longer in this list.", [argument])
        at = ids.index(at_id)
    if request.backward:
        end = len(ids) if at is None else at
        start = max(0, end - request.size)
    else:
        start = 0 if at is None else at + 1
        end = min(len(ids), start + request.size)
    return Slice(ids[start:end], has_next=end < len(ids), has_previous=start > 0)


def sealed_cursor(order: SealedOrder) -> Callable[[StoredDocument], str]:
    """A cursor that holds the id and not the value."""
    return lambda document: encode_cursor(order, None, document.id)
