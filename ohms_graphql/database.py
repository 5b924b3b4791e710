"""The connection to MongoDB: client, Beanie and transactions."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from beanie import init_beanie
from pymongo import AsyncMongoClient, monitoring
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import ConfigurationError, InvalidURI, PyMongoError, ServerSelectionTimeoutError

import models
from ohms_graphql.command_counter import count_command
from ohms_graphql.counted_database import CountedDatabase
from ohms_graphql.errors import OhmsError
from ohms_graphql.keys.master_key import MasterKey, derived_master_key
from ohms_graphql.keys.plaintext_guard import refuse_plaintext
from ohms_graphql.keys.ring_store import RingStore
from ohms_graphql.ledger_guard import open_ledger, require_balanced_entries
from ohms_graphql.sample_keys import give_sample_keys

T = TypeVar("T")

_SELECTION_TIMEOUT_MS = 10_000


@dataclass(frozen=True, slots=True)
class Database:
    """An open database whose documents are bound to Beanie."""

    client: AsyncMongoClient[dict[str, Any]]
    database: AsyncDatabase[dict[str, Any]]
    keys: RingStore

    async def ping(self) -> None:
        """Raises PyMongoError when the server does not answer."""
        await self.client.admin.command("ping")

    async def transaction(self, work: Callable[[AsyncClientSession], Awaitable[T]]) -> T:
        """What ``work`` writes with its session is written together or not at all; run again after a transient conflict."""
        async with self.client.start_session() as session:
            done = await session.with_transaction(work)
        if isinstance(self.database, CountedDatabase):
            count_command("commitTransaction")
        return done


@asynccontextmanager
async def open_database(
    url: str,
    name: str,
    *,
    master_key: MasterKey | None = None,
    listeners: tuple[monitoring.CommandListener, ...] = (),
    counted: bool = False,
    build_indexes: bool = True,
) -> AsyncIterator[Database]:
    """Connects, checks that transactions will work, binds the documents, builds their indexes and hands in the key ring.

    With ``counted`` calls of its collections count for the operation that makes them, without any listener.

    Without ``master_key`` it is the one of development. Raises OhmsError, in one sentence, when the server cannot be reached or
    is not a replica set, and when the master key does not open the data keys.
    """
    try:
        client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(
            url,
            tz_aware=True,
            appname="ohms",
            event_listeners=list(listeners),
            serverSelectionTimeoutMS=_SELECTION_TIMEOUT_MS,
        )
    except (ConfigurationError, InvalidURI) as error:
        raise OhmsError(f"OHMS_MONGODB_URL is not a MongoDB address: {error}") from error
    async with client:
        await _check_server(client)
        database = CountedDatabase(client, name) if counted else client[name]
        try:
            await init_beanie(database=database, document_models=list(models.DOCUMENTS), skip_indexes=not build_indexes)
            if build_indexes:
                await refuse_plaintext(database)
                await give_sample_keys()
                await require_balanced_entries(database)
        except PyMongoError as error:
            # Its text may quote a row.
            raise OhmsError(f"The database {name!r} could not be prepared ({type(error).__name__}).") from error
        keys = RingStore(master_key or derived_master_key())
        await keys.open()
        if build_indexes:
            await open_ledger(database)
        yield Database(client=client, database=database, keys=keys)


async def _check_server(client: AsyncMongoClient[dict[str, Any]]) -> None:
    try:
        hello = await client.admin.command("hello")
    except ServerSelectionTimeoutError as error:
        raise OhmsError("No MongoDB server answers at OHMS_MONGODB_URL.") from error
    except PyMongoError as error:
        raise OhmsError(f"MongoDB refuses the connection: {error}") from error
    if "setName" not in hello and hello.get("msg") != "isdbgrid":
        raise OhmsError(
            "OHMS needs a MongoDB replica set or sharded cluster: transactions and change streams, on which booking and live "
            "schedules stand, do not exist on a standalone server."
        )
