"""What the mutations give that add an entry to the record."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from resolvers.user_errors import Rejected
from schema.errors import UserError, shown_errors
from schema.info import Info

T = TypeVar("T")


async def recorded(info: Info, work: Awaitable[str], shown: Callable[[Any], T]) -> tuple[T | None, list[UserError]]:
    """Runs a use case that gives the id of the new entry; the entry, or why there is none."""
    try:
        record_id = await work
    except Rejected as rejection:
        return None, shown_errors(rejection)
    found = await info.context.loaders.records.load(record_id)
    return None if found is None else shown(found), []
