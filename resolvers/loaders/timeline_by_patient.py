"""Pages of the timelines of patients: for any number of patients one command, which walks an index for each source of each.

Every row passes the policy of its own document. A page is the merge of what each source has next, at most a page of each.
"""

import heapq
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from models.patient import Patient
from resolvers.access import Access
from resolvers.loaders.base import Loader
from resolvers.loaders.pages_by_parent import CountsByParent
from resolvers.pagination import Order, Page, PageRequest, page_of
from resolvers.policy import restrict
from resolvers.queries import Filter
from resolvers.rows import ONE_BATCH, projected, rows_of
from resolvers.timeline.cursor import Place, beyond, encode_place, place_of
from resolvers.timeline.entries import Entry, Source, TimelineCriteria


class TimelineByPatient(Loader[str, Page[Any]]):
    """``load(patient id)``: one page of entries. Raises BadInput for a cursor of anything else."""

    def __init__(self, access: Access, criteria: TimelineCriteria, request: PageRequest, *, descending: bool) -> None:
        super().__init__()
        self._access = access
        self._sources = criteria.sources()
        self._request = request
        self._descending = descending
        self._counts = [CountsByParent(source.document, access, "patient_id", within) for source, within in self._sources]

    async def batch_load_fn(self, keys: list[str]) -> list[Page[Any]]:
        place = place_of(self._request)
        rows: dict[str, dict[str, Any]] = {}
        if self._request.size and self._sources:
            rows = await self._rows(keys, place)
        return [self._page(key, rows.get(key, {})) for key in keys]

    @property
    def _walks_down(self) -> bool:
        return self._descending is not self._request.backward

    async def _rows(self, keys: list[str], place: Place | None) -> dict[str, dict[str, Any]]:
        """By patient, what each source has next under its number."""
        lookups = [
            await self._lookup(number, source, within, keys, place) for number, (source, within) in enumerate(self._sources)
        ]
        every: dict[str, Any] = {"$documents": [{"_id": key} for key in keys]}
        database = Patient.get_pymongo_collection().database
        cursor = await database.aggregate([every, *lookups], batchSize=ONE_BATCH)
        return {row["_id"]: row async for row in cursor}

    async def _lookup(self, number: int, source: Source, within: Filter, keys: Sequence[str], place: Place | None) -> Filter:
        visible = await restrict(source.document, self._access, {"patient_id": {"$in": list(keys)}})
        direction = -1 if self._walks_down else 1
        return {
            "$lookup": {
                "from": source.document.get_pymongo_collection().name,
                "localField": "_id",
                "foreignField": "patient_id",
                "pipeline": [
                    {"$match": {"$and": [visible, within, beyond(source, place, descending=self._walks_down)]}},
                    {"$sort": {source.field: direction, "_id": direction}},
                    {"$limit": self._request.size + 1},
                    *projected(source.document, self._access, source.needed),
                ],
                "as": f"source_{number}",
            }
        }

    def _page(self, key: str, row: dict[str, Any]) -> Page[Any]:
        found = [self._entries(source, row.get(f"source_{number}", ())) for number, (source, _) in enumerate(self._sources)]
        merged = list(heapq.merge(*found, key=lambda entry: entry.key, reverse=self._walks_down))[: self._request.size + 1]

        async def count() -> int:
            return sum([await counts.load(key) for counts in self._counts])

        # A page of entries, which are no documents: it is only cut and turned here.
        page: Page[Any] = page_of(cast("list[Any]", merged), Order("at", self._descending), self._request, count)
        self._access.shown([entry.document for entry in page.documents])
        return replace(page, mark=encode_place)

    def _entries(self, source: Source, stored: Sequence[dict[str, Any]]) -> list[Entry]:
        documents = rows_of(source.document, self._access, stored, source.needed)
        return [Entry(source.at(document), source.kind, document) for document in documents]
