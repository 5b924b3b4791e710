"""Documents by id."""

from typing import Generic, TypeVar

from models.base import StoredDocument
from resolvers.access import Access
from resolvers.loaders.base import Loader
from resolvers.policy import restrict
from resolvers.rows import read_many

D = TypeVar("D", bound=StoredDocument)


class ById(Loader[str, D | None], Generic[D]):
    """``load(id)``: the document, or None when it does not exist or may not be seen."""

    def __init__(self, document: type[D], access: Access) -> None:
        super().__init__()
        self._document = document
        self._access = access

    async def batch_load_fn(self, keys: list[str]) -> list[D | None]:
        visible = await restrict(self._document, self._access, {"_id": {"$in": keys}})
        found = await read_many(self._document, self._access, visible, frozenset())
        by_id = {document.id: document for document in self._access.shown(found)}
        self._access.trail.asked_in_vain(self._document, [key for key in keys if key not in by_id])
        return [by_id.get(key) for key in keys]
