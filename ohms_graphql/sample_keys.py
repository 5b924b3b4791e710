"""Places in the analysts' order for rows that were stored before there was one."""

from typing import Any

from resolvers.deidentification.references import SAMPLED


async def give_sample_keys() -> None:
    """One update for each collection; it looks at an index only where there is nothing to do."""
    place: dict[str, Any] = {"$toString": {"$rand": {}}}
    for document in SAMPLED:
        await document.get_pymongo_collection().update_many({"sample_key": None}, [{"$set": {"sample_key": place}}])
