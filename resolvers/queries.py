"""Reading documents: every query goes through the caller's policy first."""

from dataclasses import replace
from typing import Any, TypeVar

from models.base import StoredDocument
from resolvers.access import Access
from resolvers.deidentification.sample import SAMPLE_ORDER
from resolvers.pagination import Count, Order, Page, PageRequest, page_filter, page_of
from resolvers.policy import restrict
from resolvers.rows import WHOLE, Sort, both, read_many
from resolvers.sealed_order import SealedOrder, sealed_cursor, slice_of

D = TypeVar("D", bound=StoredDocument)
Filter = dict[str, Any]

_ALL_BY_ID: Filter = {"_id": {"$gte": ""}}
"""All rows, counted by an index: without a filter MongoDB would read each of them."""


async def find_page(document: type[D], access: Access, within: Filter, order: Order, request: PageRequest) -> Page[D]:
    """One page of the visible rows within a filter: one command, and one more if the total is asked for."""
    order, request = sampled(document, access, order, request)
    walk, skip = page_filter(order, request)
    visible = await restrict(document, access, within)

    async def count() -> int:
        access.trail.counted(document, _only_patient(within))
        return await document.find(visible or _ALL_BY_ID, with_children=True).count()

    if isinstance(order, SealedOrder):
        return shown_page(document, access, await _page_in_memory(document, access, visible, order, request, count))
    if request.size == 0:
        return shown_page(document, access, page_of([], order, request, count))
    needed = frozenset({order.field})
    found = await read_many(document, access, both(visible, skip), needed, sort=walk.sort, limit=request.size + 1)
    return shown_page(document, access, page_of(found, order, request, count))


async def _page_in_memory(
    document: type[D], access: Access, visible: Filter, order: SealedOrder, request: PageRequest, count: Count
) -> Page[D]:
    found = await slice_of(document, visible, order, request)
    rows = await read_many(document, access, {"_id": {"$in": found.ids}}, frozenset())
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


async def find_visible(
    document: type[D], access: Access, within: Filter, sort: Sort, needed: frozenset[str] | None = WHOLE
) -> list[D]:
    """All visible rows within a filter that is bounded by nature, such as the coverages of some patients.

    ``needed`` are the fields that the reader itself looks at, where the rows are for showing.
    """
    visible = await restrict(document, access, within)
    if access.sample(document) is not None:
        sort = SAMPLE_ORDER.sort
    return access.shown(await read_many(document, access, visible, needed, sort=sort))


async def find_whole(document: type[D], access: Access, document_id: str) -> D | None:
    """One document with all its fields, for who works something out of it; None when it is not there, or not the caller's to see.

    Loaders give what the operation shows, which may be less.
    """
    found = await find_visible(document, access, {"_id": document_id}, ())
    if not found:
        access.trail.asked_in_vain(document, [document_id])
    return found[0] if found else None
