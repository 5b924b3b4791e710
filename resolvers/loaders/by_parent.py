"""Short lists by the document they belong to: the coverages of a patient, the payments on an invoice."""

from collections import defaultdict
from typing import Any, Generic, TypeVar

from beanie import SortDirection

from models.base import StoredDocument
from resolvers.access import Access
from resolvers.loaders.base import Loader
from resolvers.queries import find_visible

D = TypeVar("D", bound=StoredDocument)


class ByParent(Loader[str, list[D]], Generic[D]):
    """``load(parent id)``: the visible documents whose ``field`` names the parent, in ``sort`` order.

    ``within`` narrows further. Meant for lists that are short by nature; long ones are connections.
    """

    def __init__(
        self,
        document: type[D],
        access: Access,
        field: str,
        sort: list[tuple[str, SortDirection]],
        within: dict[str, Any] | None = None,
    ) -> None:
        super().__init__()
        self._document = document
        self._access = access
        self._field = field
        self._sort = sort
        self._within = within or {}

    async def batch_load_fn(self, keys: list[str]) -> list[list[D]]:
        within = {self._field: {"$in": keys}, **self._within}
        found = await find_visible(self._document, self._access, within, self._sort, frozenset({self._field}))
        children: dict[str, list[D]] = defaultdict(list)
        for document in found:
            children[getattr(document, self._field)].append(document)
        return [children[key] for key in keys]
