"""The embedded server is small, so that it runs beside anything; while a large clinic is loaded it may be larger."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ohms_graphql.database import Database

_MEBIBYTE = 1024 * 1024
_MOST = 2048 * _MEBIBYTE
_SHARE = 4
"""A quarter of the machine's memory at most."""


@asynccontextmanager
async def more_memory(database: Database) -> AsyncIterator[None]:
    """A third less processor time for the server: it need not make room all the time. Only for a server that is our own."""
    usual = await _cache_bytes(database)
    await _set_cache(database, max(usual, min(_MOST, _physical_bytes() // _SHARE)))
    try:
        yield
    finally:
        await _set_cache(database, usual)


def _physical_bytes() -> int:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


async def _cache_bytes(database: Database) -> int:
    told = await database.client.admin.command("serverStatus")
    return int(told["wiredTiger"]["cache"]["maximum bytes configured"])


async def _set_cache(database: Database, size: int) -> None:
    config = f"cache_size={size // _MEBIBYTE}M"
    await database.client.admin.command({"setParameter": 1, "wiredTigerEngineRuntimeConfig": config})
