"""What a database holds, as far as the demo is concerned, and the mark that is left in it.

The mark is made before the first document is written and closed after the last: a load that was broken off is seen, and goes on
with the same documents, whichever process takes it up and on whatever day.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import DuplicateKeyError

from models.base import now
from models.patient import Patient
from models.provider import Provider
from ohms_graphql.database import Database
from ohms_graphql.demo.cast import SHOWCASE_PROVIDER_ID

COLLECTION = "demo"
_ID = "clinic"


class Holding(Enum):
    NOTHING = "no patients and no providers"
    BEGUN = "a demo whose loading has begun"
    DEMO = "the demo, whole"
    OTHER = "somebody's clinic"


@dataclass(frozen=True, slots=True)
class Marker:
    database: Database

    @property
    def _marks(self) -> AsyncCollection[dict[str, Any]]:
        return self.database.database[COLLECTION]

    async def holding(self) -> Holding:
        """Emptiness is looked at before the mark: who loads at this moment has made the mark before the first document."""
        empty = not await Patient.find({}).exists() and not await Provider.find({}).exists()
        mark = await self._marks.find_one({"_id": _ID})
        if mark is not None and mark["finished_at"] is None:
            return Holding.BEGUN
        if empty:
            return Holding.NOTHING
        there = mark is not None or await Provider.get(SHOWCASE_PROVIDER_ID) is not None
        return Holding.DEMO if there else Holding.OTHER

    async def begin(self, anchor: datetime, *, afresh: bool) -> datetime:
        """The anchor to load with: that of whoever made the mark first. ``afresh``: a closed mark is of a demo since removed."""
        if afresh:
            await self._marks.delete_one({"_id": _ID, "finished_at": {"$ne": None}})
        try:
            await self._marks.insert_one({"_id": _ID, "anchor": anchor, "begun_at": now(), "finished_at": None})
        except DuplicateKeyError:
            mark = await self._marks.find_one({"_id": _ID})
            return anchor if mark is None else mark["anchor"]
        return anchor

    async def finish(self) -> None:
        await self._marks.update_one({"_id": _ID}, {"$set": {"finished_at": now()}})
