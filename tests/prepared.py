"""Databases of tests: their indexes and rules are built once in each worker, not once for each test."""

from contextlib import AbstractAsyncContextManager

from pymongo import monitoring

from ohms_graphql.database import Database, open_database

_prepared: set[str] = set()


def open_prepared(
    url: str, name: str, *, listeners: tuple[monitoring.CommandListener, ...] = ()
) -> AbstractAsyncContextManager[Database]:
    """As ``open_database``; the second time in a worker it finds everything built."""
    return open_database(url, name, listeners=listeners, build_indexes=is_to_be_built(name))


def is_to_be_built(name: str) -> bool:
    """True the first time in a worker."""
    build = name not in _prepared
    _prepared.add(name)
    return build


def forget(name: str) -> None:
    """A collection was dropped: its indexes and rules are built again the next time."""
    _prepared.discard(name)
