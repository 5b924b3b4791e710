"""The fast lane: mongomock-motor behind Beanie 2, for documents, loaders and policies.

Beanie 2 speaks PyMongo's async API, the mock speaks Motor's: ``list_collection_names`` takes no arguments there, and
``aggregate`` is not awaited. That is all this adapter mends. What the mock cannot do, or does wrong without saying so, is
tested on the real mongod: transactions, change streams, collation, ``$lookup`` with a pipeline, partial indexes, query plans.
"""

from typing import Any

from beanie import init_beanie
from mongomock_motor import AsyncMongoMockClient

import models


class _Collection:
    def __init__(self, collection: Any) -> None:
        self._collection = collection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._collection, name)

    async def aggregate(self, stages: Any, **options: Any) -> Any:
        options.pop("batchSize", None)
        return self._collection.aggregate(stages, **options)


class _Database:
    def __init__(self, database: Any) -> None:
        self._database = database

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    def __getitem__(self, name: str) -> _Collection:
        return _Collection(self._database[name])

    async def list_collection_names(self, **_options: Any) -> Any:
        return await self._database.list_collection_names()


async def bind_to_mock() -> None:
    """Binds all documents to an empty database in memory."""
    client: Any = AsyncMongoMockClient(tz_aware=True)
    database: Any = _Database(client["ohms"])
    await init_beanie(database=database, document_models=list(models.DOCUMENTS), skip_indexes=True)
