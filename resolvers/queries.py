"""Reading documents: every query goes through the caller's policy first."""

from typing import Any, TypeVar

from beanie import SortDirection

from models.base import StoredDocument
from resolvers.access import Access
from resolvers.pagination import Order, Page, PageRequest, page_filter, page_of
from resolvers.policy import restrict

D = TypeVar("D", bound=StoredDocument)
Filter = dict[str, Any]

# MongoDB sends 101 rows and then waits to be asked for more: a second round trip that depends on the number of rows. All our
# reads are bounded, so all rows come at once (up to 16 MiB).
ONE_BATCH = 1_000_000


def both(left: Filter, right: Filter) -> Filter:
    """The conjunction of two filters."""
    if not left or not right:
        return left or right
    return {"$and": [left, right]} if left.keys() & right.keys() else {**left, **right}


async def find_page(document: type[D], access: Access, within: Filter, order: Order, request: PageRequest) -> Page[D]:
    """One page of the visible rows within a filter: one command, and one more if the total is asked for."""
    walk, skip = page_filter(order, request)
    visible = await restrict(document, access, within)

    async def count() -> int:
        return await document.find(visible, with_children=True).count()

    if request.size == 0:
        return page_of([], order, request, count)
    found = document.find(both(visible, skip), with_children=True, batch_size=ONE_BATCH).sort(walk.sort).limit(request.size + 1)
    page = page_of(await found.to_list(), order, request, count)
    access.shown(list(page.documents))
    return page


async def find_visible(document: type[D], access: Access, within: Filter, sort: list[tuple[str, SortDirection]]) -> list[D]:
    """All visible rows within a filter that is bounded by nature, such as the coverages of some patients."""
    visible = await restrict(document, access, within)
    return access.shown(await document.find(visible, with_children=True, batch_size=ONE_BATCH).sort(sort).to_list())
