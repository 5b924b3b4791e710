"""The embedded server is small, so that it runs beside anything; while a large clinic is loaded it may be larger."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ohms_graphql.database import Database

_MEBIBYTE = 1024 * 1024
_CACHE, _CACHE_SHARE = 2048 * _MEBIBYTE, 8
_SORTING, _SORTING_SHARE = 1000 * _MEBIBYTE, 16
"""At most so much, and at most one such part of the machine's memory: for rows, and for each of two builds of indexes."""
_INDEX_MEMORY = "maxIndexBuildMemoryUsageMegabytes"


@asynccontextmanager
async def more_memory(database: Database) -> AsyncIterator[None]:
    """A third less processor time for the server: it need not make room all the time. Only for a server that is our own."""
    usual, machine = await _cache_bytes(database), _physical_bytes()
    admin = database.client.admin
    sorting = (await admin.command({"getParameter": 1, _INDEX_MEMORY: 1}))[_INDEX_MEMORY]
    larger = max(sorting, min(_SORTING, machine // _SORTING_SHARE) // _MEBIBYTE)
    await _set_cache(database, max(usual, min(_CACHE, machine // _CACHE_SHARE)))
    await admin.command({"setParameter": 1, _INDEX_MEMORY: larger})
    try:
        yield
    finally:
        await _set_cache(database, usual)
        await admin.command({"setParameter": 1, _INDEX_MEMORY: sorting})


def _physical_bytes() -> int:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


async def _cache_bytes(database: Database) -> int:
    told = await database.client.admin.command("serverStatus")
    return int(told["wiredTiger"]["cache"]["maximum bytes configured"])


async def _set_cache(database: Database, size: int) -> None:
    config = f"cache_size={size // _MEBIBYTE}M"
    await database.client.admin.command({"setParameter": 1, "wiredTigerEngineRuntimeConfig": config})
