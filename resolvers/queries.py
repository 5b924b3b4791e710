"""Reading documents: every query goes through the caller's policy first."""

from dataclasses import replace
from typing import Any, TypeVar

from beanie import SortDirection

from models.base import StoredDocument
from resolvers.access import Access
from resolvers.deidentification.sample import SAMPLE_ORDER
from resolvers.pagination import Count, Order, Page, PageRequest, page_filter, page_of
from resolvers.policy import restrict
from resolvers.sealed_order import SealedOrder, sealed_cursor, slice_of

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
    order, request = sampled(document, access, order, request)
    walk, skip = page_filter(order, request)
    visible = await restrict(document, access, within)

    async def count() -> int:
        access.trail.counted(document, _only_patient(within))
        return await document.find(visible, with_children=True).count()

    if isinstance(order, SealedOrder):
        return shown_page(document, access, await _page_in_memory(document, visible, order, request, count))
    if request.size == 0:
        return shown_page(document, access, page_of([], order, request, count))
    found = document.find(both(visible, skip), with_children=True, batch_size=ONE_BATCH).sort(walk.sort).limit(request.size + 1)
    return shown_page(document, access, page_of(await found.to_list(), order, request, count))


async def _page_in_memory(document: type[D], visible: Filter, order: SealedOrder, request: PageRequest, count: Count) -> Page[D]:
    found = await slice_of(document, visible, order, request)
    rows = await document.find({"_id": {"$in": found.ids}}, with_children=True, batch_size=ONE_BATCH).to_list()
    by_id = {row.id: row for row in rows}
    documents = [by_id[document_id] for document_id in found.ids if document_id in by_id]
    return Page(documents, order, found.has_next, found.has_previous, count, sealed_cursor(order))


def _only_patient(within: Filter) -> list[str]:
    """The patient that a filter is limited to, if it is to one."""
    named = within.get("patient_id")
    return [named] if isinstance(named, str) else []


def sampled(document: type[D], access: Access, order: Order, request: PageRequest) -> tuple[Order, PageRequest]:
    """The order and place to read a page at: analysts have one order of their own, and sealed cursors."""
    sample = access.sample(document)
    return (order, request) if sample is None else (SAMPLE_ORDER, sample.opened(request))


def shown_page(document: type[D], access: Access, page: Page[D]) -> Page[D]:
    """The page as the caller gets it."""
    shown = replace(page, documents=access.shown(list(page.documents)))
    sample = access.sample(document)
    return shown if sample is None else sample.page(shown)


async def find_visible(document: type[D], access: Access, within: Filter, sort: list[tuple[str, SortDirection]]) -> list[D]:
    """All visible rows within a filter that is bounded by nature, such as the coverages of some patients."""
    visible = await restrict(document, access, within)
    if access.sample(document) is not None:
        sort = SAMPLE_ORDER.sort
    return access.shown(await document.find(visible, with_children=True, batch_size=ONE_BATCH).sort(sort).to_list())
