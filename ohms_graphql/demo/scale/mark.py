"""The mark of the scale clinic in its database: how large it is to be, and which practices are in it, whole."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import DuplicateKeyError

from models.base import now
from ohms_graphql.database import Database
from ohms_graphql.demo.marker import COLLECTION
from ohms_graphql.demo.scale.size import PROVIDERS, Size
from ohms_graphql.errors import OhmsError

_ID = "scale"


@dataclass(frozen=True, slots=True)
class Begun:
    """``anchor`` is what the clinic takes for now: that of whoever began. ``practices`` are whole."""

    anchor: datetime
    practices: frozenset[int]
    finished: bool


@dataclass(frozen=True, slots=True)
class ScaleMark:
    database: Database

    @property
    def _marks(self) -> AsyncCollection[dict[str, Any]]:
        return self.database.database[COLLECTION]

    async def begin(self, size: Size, anchor: datetime) -> Begun:
        """Made before the first document. Raises OhmsError where a clinic of another size is there, or half of one."""
        row: dict[str, Any] = {
            "_id": _ID,
            "providers": size.providers,
            "anchor": anchor,
            "practices": [],
            "begun_at": now(),
            "finished_at": None,
        }
        try:
            await self._marks.insert_one(row)
        except DuplicateKeyError:
            row = await self._marks.find_one({"_id": _ID}) or row
        if row["providers"] != size.providers:
            raise OhmsError(
                f"The database holds a clinic of --scale {row['providers'] / PROVIDERS:g}"
                f"{'' if row['finished_at'] else ', whose loading was broken off'}: "
                f"--scale {size.providers / PROVIDERS:g} needs another database (OHMS_DATABASE)."
            )
        return Begun(row["anchor"], frozenset(row["practices"]), row["finished_at"] is not None)

    async def practice_is_whole(self, practice: int) -> None:
        await self._marks.update_one({"_id": _ID}, {"$addToSet": {"practices": practice}})

    async def finish(self) -> None:
        """After the last document, and with all indexes."""
        await self._marks.update_one({"_id": _ID}, {"$set": {"finished_at": now()}})
