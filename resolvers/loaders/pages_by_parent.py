"""Pages by the document they belong to: the first ten appointments of each of fifty patients, in one command."""

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from models.base import StoredDocument
from resolvers.access import Access
from resolvers.loaders.base import Loader
from resolvers.pagination import Order, Page, PageRequest, page_filter, page_of
from resolvers.policy import restrict
from resolvers.queries import find_page, sampled, shown_page
from resolvers.rows import ONE_BATCH, both, of_kind, projected, rows_of

D = TypeVar("D", bound=StoredDocument)
Filter = dict[str, Any]


class CountsByParent(Loader[str, int], Generic[D]):
    """``load(parent id)``: how many visible documents name the parent."""

    def __init__(self, document: type[D], access: Access, field: str, within: Filter) -> None:
        super().__init__()
        self._document = document
        self._access = access
        self._field = field
        self._within = within

    async def batch_load_fn(self, keys: list[str]) -> list[int]:
        within = both({self._field: {"$in": keys}}, self._within)
        self._access.trail.counted(self._document, keys if self._field == "patient_id" else ())
        visible = await restrict(self._document, self._access, within)
        group = {"_id": f"${self._field}", "count": {"$sum": 1}}
        stages = [{"$match": of_kind(self._document, visible)}, {"$group": group}]
        cursor = await self._document.get_pymongo_collection().aggregate(stages, batchSize=ONE_BATCH)
        counts = {row["_id"]: row["count"] async for row in cursor}
        return [counts.get(self._access.stored_key(self._field, key), 0) for key in keys]


class PagesByParent(Loader[str, Page[D]], Generic[D]):
    """``load(parent id)``: one page of the visible documents whose ``field`` names the parent.

    For one parent it is a plain query. For several it is one ``$lookup`` over the ids, each of which walks the index of its own
    parent and stops at the page's size.
    """

    def __init__(self, document: type[D], access: Access, field: str, within: Filter, order: Order, request: PageRequest) -> None:
        super().__init__()
        self._document = document
        self._access = access
        self._field = field
        self._within = within
        self._order = order
        self._request = request
        self._counts = CountsByParent(document, access, field, within)

    async def batch_load_fn(self, keys: list[str]) -> list[Page[D]]:
        if len(keys) == 1 or self._request.size == 0:
            return [await self._single_page(key) for key in keys]
        order, request = sampled(self._document, self._access, self._order, self._request)
        walk, skip = page_filter(order, request)
        parents = {key: self._access.stored_key(self._field, key) for key in keys}
        within = both({self._field: {"$in": keys}}, self._within)
        visible = await restrict(self._document, self._access, within)
        lookup = {
            "from": self._document.get_pymongo_collection().name,
            "localField": "parent",
            "foreignField": self._field,
            "pipeline": [
                {"$match": of_kind(self._document, both(visible, skip))},
                {"$sort": {path: int(direction) for path, direction in walk.sort}},
                {"$limit": request.size + 1},
                *projected(self._document, self._access, frozenset({order.field})),
            ],
            "as": "rows",
        }
        every: dict[str, Any] = {"$documents": [{"parent": parent} for parent in parents.values()]}
        stages: Sequence[dict[str, Any]] = [every, {"$lookup": lookup}]
        cursor = await self._document.get_pymongo_collection().database.aggregate(stages, batchSize=ONE_BATCH)
        found = {row["parent"]: row["rows"] async for row in cursor}
        return [self._page(key, found[parents[key]], order, request) for key in keys]

    async def _single_page(self, key: str) -> Page[D]:
        within = both({self._field: key}, self._within)
        return await find_page(self._document, self._access, within, self._order, self._request)

    def _page(self, key: str, rows: list[dict[str, Any]], order: Order, request: PageRequest) -> Page[D]:
        documents = rows_of(self._document, self._access, rows, frozenset({order.field}))

        async def count() -> int:
            return await self._counts.load(key)

        return shown_page(self._document, self._access, page_of(documents, order, request, count))
