"""Rows of the clinic's directory, read for all operations that ask at once.

Nearly every operation of a clinic names the same few providers, kinds of visit and places, and who may see one sees all of them.
"""

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any, Final

from models.base import StoredDocument
from models.organization import Organization
from models.provider import Provider
from models.stored_row import projection, read_rows
from models.visit_type import VisitType
from resolvers.gathered_reads import GatheredReads

_DIRECTORY: Final = frozenset({Organization, Provider, VisitType})
_MOST_KINDS = 100
"""Of a document by the fields that are asked for: callers write operations as they like."""


class DirectoryReads:
    """One for a process and its event loop. ``count`` hears of each operation that waits for a command of all."""

    def __init__(self, count: Callable[[str], None]) -> None:
        self._count = count
        self._kinds: dict[tuple[type[StoredDocument], frozenset[str]], GatheredReads[Any]] = {}

    def has(self, document: type[StoredDocument]) -> bool:
        return document in _DIRECTORY

    async def find(self, document: type[Any], only: frozenset[str], ids: Collection[str]) -> Mapping[str, Any]:
        """Those that there are, by id; in part, so that nobody can change what others got. For who may see every row."""
        kind = document, only
        reads = self._kinds.get(kind)
        if reads is None:
            if len(self._kinds) >= _MOST_KINDS:
                self._kinds.clear()  # who waits for one that is dropped gets its answer all the same
            reads = self._kinds[kind] = GatheredReads(partial(_read, document, only))
        self._count("find")
        return await reads.find(ids)


async def _read(document: type[Any], only: frozenset[str], ids: Collection[str]) -> Mapping[str, Any]:
    stored = document.get_pymongo_collection().find(
        {"_id": {"$in": list(ids)}}, projection(document, only), batch_size=len(ids) + 1
    )
    return {row.id: row for row in read_rows(document, await stored.to_list(), only)}
