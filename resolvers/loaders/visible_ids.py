"""Whether the caller may see something, without looking at it: nothing is noted as seen."""

from models.base import StoredDocument
from resolvers.access import Access
from resolvers.loaders.base import Loader
from resolvers.policy import restrict
from resolvers.rows import ONE_BATCH


class VisibleIds(Loader[str, bool]):
    """``load(id)``: false for what is hidden and for what is not there."""

    def __init__(self, document: type[StoredDocument], access: Access) -> None:
        super().__init__()
        self._document = document
        self._access = access

    async def batch_load_fn(self, keys: list[str]) -> list[bool]:
        visible = await restrict(self._document, self._access, {"_id": {"$in": keys}})
        rows = self._document.get_pymongo_collection().find(visible, {"_id": 1}, batch_size=ONE_BATCH)
        found = {row["_id"] for row in await rows.to_list()}
        return [key in found for key in keys]
