"""The one road from a collection to what a caller gets: documents, or where an operation said what it needs, parts of them.

Whoever reads here has passed the caller's policy (``resolvers.policy.restrict``) and shows what comes (``Access.shown``).
"""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar, cast

from beanie import SortDirection
from beanie.odm.utils.parsing import parse_obj

from models.base import StoredDocument
from models.stored_row import projection, read_rows
from resolvers.access import Access
from resolvers.wide_lists import branches, union

D = TypeVar("D", bound=StoredDocument)
Filter = dict[str, Any]
Sort = Sequence[tuple[str, SortDirection]]

# MongoDB sends 101 rows and then waits to be asked for more: a second round trip that depends on the number of rows. All our
# reads are bounded, so all rows come at once (up to 16 MiB).
ONE_BATCH = 1_000_000

WHOLE: frozenset[str] | None = None
"""For who reads rows to work something out: validated documents with all their fields, whatever the operation shows."""


def both(left: Filter, right: Filter) -> Filter:
    """The conjunction of two filters."""
    if not left or not right:
        return left or right
    return {"$and": [left, right]} if left.keys() & right.keys() else {**left, **right}


def of_kind(document: type[StoredDocument], visible: Filter) -> Filter:
    """``visible``, limited to one kind where the collection holds several.

    Beanie adds this to its own queries; queries and aggregations of ours do not pass through it.
    """
    class_id = document._class_id  # noqa: SLF001
    if not class_id or document._children:  # noqa: SLF001
        return visible
    return both({"_class_id": class_id}, visible)


async def read_many(
    document: type[D],
    access: Access,
    visible: Filter,
    needed: frozenset[str] | None,
    *,
    sort: Sort = (),
    limit: int = 0,
) -> list[D]:
    """Rows by a filter in one command. ``needed`` are the fields that the reader itself looks at."""
    if sort and limit:
        divided = branches(document, of_kind(document, visible), sort, access.principal.provider_id)
        if len(divided) > 1:
            return await _read_union(document, access, divided, needed, sort, limit)
    if access.reading is None:
        found = document.find(visible, with_children=True, batch_size=ONE_BATCH)
        return await (found.sort(list(sort)) if sort else found).limit(limit or None).to_list()
    only = parts(document, access, needed)
    rows = document.get_pymongo_collection().find(
        of_kind(document, visible),
        None if only is None else projection(document, only),
        sort=[(path, int(direction)) for path, direction in sort] or None,
        limit=limit,
        batch_size=ONE_BATCH,
    )
    return read_rows(document, await rows.to_list(), only)


async def _read_union(
    document: type[D], access: Access, filters: Sequence[Filter], needed: frozenset[str] | None, sort: Sort, limit: int
) -> list[D]:
    """The first rows of several filters together."""
    collection = document.get_pymongo_collection()
    shown = projected(document, access, needed)
    stages = union(collection.name, filters, sort, limit, shown)
    found = await collection.aggregate(stages, batchSize=ONE_BATCH)
    return rows_of(document, access, await found.to_list(), needed)


def projected(document: type[StoredDocument], access: Access, needed: frozenset[str] | None) -> list[dict[str, Any]]:
    """The stage at the end of an aggregation whose rows ``rows_of`` reads."""
    only = parts(document, access, needed)
    return [] if only is None else [{"$project": projection(document, only)}]


def rows_of(document: type[D], access: Access, stored: Iterable[dict[str, Any]], needed: frozenset[str] | None) -> list[D]:
    """What an aggregation found."""
    if access.reading is None:
        return [cast("D", parse_obj(document, row)) for row in stored]
    return read_rows(document, stored, parts(document, access, needed))


def parts(document: type[StoredDocument], access: Access, needed: frozenset[str] | None) -> frozenset[str] | None:
    """The fields to read; None for all of them. Analysts' copies are made of whole documents."""
    if access.reading is None or access.deidentifier is not None or needed is None:
        return None
    return access.reading.of(document, needed)
