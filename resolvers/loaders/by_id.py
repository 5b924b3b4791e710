"""Documents by id."""

from typing import Generic, TypeVar

from models.base import StoredDocument
from resolvers.access import Access
from resolvers.loaders.base import Loader
from resolvers.policy import restrict
from resolvers.rows import parts, read_many

D = TypeVar("D", bound=StoredDocument)


class ById(Loader[str, D | None], Generic[D]):
    """``load(id)``: the document, or None when it does not exist or may not be seen."""

    def __init__(self, document: type[D], access: Access) -> None:
        super().__init__()
        self._document = document
        self._access = access

    async def batch_load_fn(self, keys: list[str]) -> list[D | None]:
        by_id = {document.id: document for document in self._access.shown(await self._read(keys))}
        self._access.trail.asked_in_vain(self._document, [key for key in keys if key not in by_id])
        return [by_id.get(key) for key in keys]

    async def _read(self, keys: list[str]) -> list[D]:
        """What the caller may see of these."""
        asked = {"_id": {"$in": keys}}
        visible = await restrict(self._document, self._access, asked)
        found = await self._in_directory(keys) if visible is asked else None
        return await read_many(self._document, self._access, visible, frozenset()) if found is None else found

    async def _in_directory(self, keys: list[str]) -> list[D] | None:
        """Who may see every row shares the read with others. None where that is not the way."""
        directory, document = self._access.directory, self._document
        if directory is None or not directory.has(document):
            return None
        only = parts(document, self._access, frozenset())
        if only is None:
            return None
        rows = await directory.find(document, only, keys)
        return [rows[key] for key in keys if key in rows]
