"""Lists over hundreds of patients, in order, without sorting them all.

A provider's lists name their whole panel: ``patient_id: {$in: [...]}``. MongoDB reads such a list in order by merging one scan of
an index for each value, and stops at the page's size; but it merges no more than ``MOST_SCANS`` of them. Beyond, it reads all
that matches and sorts it, or walks an index of the whole clinic. So the values are divided among the branches of a union, each
of which merges as many scans as MongoDB does and stops at the page's size. What is sorted in the end is at most a page from each
branch, however many rows there are.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import ceil, prod
from typing import Any

from beanie import SortDirection

from models.base import StoredDocument

Filter = dict[str, Any]
Sort = Sequence[tuple[str, SortDirection]]
Stage = dict[str, Any]

MOST_SCANS = 200
"""MongoDB's own limit (internalQueryMaxScansToExplode). It could be set, but not by who rents a database."""

MOST_BRANCHES = 25
"""Each has a plan of its own, and a scan for each of its values. Whoever has more patients still has a good part of the clinic's:
an index of the whole clinic soon comes upon a page of them."""

_FEW_BRANCHES = 10
"""Where another list beside the patients (of kinds, of statuses) takes more, an index without it is read instead."""

_Prefix = tuple[str, ...]
"""The fields of an index before those that are sorted by. One value of each, and the index has the rows in order."""

_Part = tuple[Any, int]
"""What takes the place of a filter, or of a piece of it, and how many scans give its rows in order; 0 where no index does."""


def branches(document: type[StoredDocument], visible: Filter, sort: Sort, own: str | None = None) -> list[Filter]:
    """Filters whose rows together are those of ``visible``, each of them few scans to read in order. Rows may be in several.

    ``visible`` alone where it is few scans itself, where no index has the order, and where too many branches would be needed; and
    where it asks for what the provider ``own`` wrote or does: nearly all of that is about their patients, and has an index.
    """
    if _listed(visible) <= MOST_SCANS // 2:
        return [visible]  # nearly all lists; half, because alternatives take scans of their own beside the longest list
    order = tuple((path, int(direction)) for path, direction in sort)
    prefixes = _prefixes(document, order)  # type: ignore[arg-type]  # mypy takes the class for one that has no hash
    if not prefixes or (own is not None and any(visible.get(prefix[0]) == own for prefix in prefixes if len(prefix) == 1)):
        return [visible]
    parts = [part for part, _ in _divided(visible, {}, prefixes)]
    return parts if 1 < len(parts) <= MOST_BRANCHES else [visible]


def union(collection: str, parts: Sequence[Filter], sort: Sort, limit: int, shown: Sequence[Stage]) -> list[Stage]:
    """The first rows of all parts, each row once, as one aggregation. ``shown`` is the stage that says what is read of them."""
    order = {path: int(direction) for path, direction in sort}
    # What is sorted by comes along, as it is sorted by once more.
    read = [{"$project": {**stage["$project"], **dict.fromkeys(order, 1)}} for stage in shown]
    pipelines: list[list[Stage]] = [[{"$match": part}, {"$sort": order}, {"$limit": limit}, *read] for part in parts]
    first, *others = pipelines
    return [
        *first,
        *({"$unionWith": {"coll": collection, "pipeline": pipeline}} for pipeline in others),
        {"$group": {"_id": "$_id", "row": {"$first": "$$ROOT"}}},
        {"$replaceRoot": {"newRoot": "$row"}},
        {"$sort": order},
        {"$limit": limit},
    ]


@lru_cache
def _prefixes(document: type[StoredDocument], order: tuple[tuple[str, int], ...]) -> list[_Prefix]:
    """Of the indexes that hold all rows, and hold them in this order or in its reverse, behind other fields."""
    found = []
    for index in document.get_settings().indexes:
        specification = index.index.document
        keys = list(specification["key"].items())
        places = [place for place, (path, _) in enumerate(keys) if path == order[0][0]]
        if not places or not places[0] or "partialFilterExpression" in specification:
            continue
        behind = keys[places[0] : places[0] + len(order)]
        turned = [(path, -direction) for path, direction in order]
        if behind in (list(order), turned):
            found.append(tuple(path for path, _ in keys[: places[0]]))
    return found


def _listed(within: Filter) -> int:
    """At most so many combinations of values does a filter list: told in a microsecond or two."""
    count = 1
    for name, asked in within.items():
        if name in ("$and", "$or"):
            for clause in asked:
                count *= _listed(clause)
        elif isinstance(asked, dict) and "$in" in asked:
            count *= len(asked["$in"]) or 1
    return count


def _divided(within: Filter, around: Mapping[str, int], prefixes: Sequence[_Prefix]) -> list[_Part]:
    """A filter's parts; itself alone where nothing is to be divided. ``around`` is what filters around it allow."""
    values = _fewest(around, _values(within))
    field, each, scans = _widest(values, prefixes)
    if scans > MOST_SCANS:
        asked = within.get(field)
        if isinstance(asked, dict) and len(asked.get("$in", ())) == values[field]:
            chunks = _chunks(asked["$in"], MOST_SCANS // each)
            return [({**within, field: {**asked, "$in": chunk}}, each * len(chunk)) for chunk in chunks]
    for name, divide in (("$and", _divided_and), ("$or", _divided_or)):
        parts = divide(within.get(name, []), values, prefixes)
        if len(parts) > 1:
            return [({**within, name: part}, count) for part, count in parts]
    return [(within, scans)]


def _divided_and(clauses: list[Filter], around: Mapping[str, int], prefixes: Sequence[_Prefix]) -> list[_Part]:
    """By the first of the clauses that can be divided."""
    for place, clause in enumerate(clauses):
        parts = _divided(clause, around, prefixes)
        if len(parts) > 1:
            return [([*clauses[:place], part, *clauses[place + 1 :]], count) for part, count in parts]
    return []


def _divided_or(alternatives: list[Filter], around: Mapping[str, int], prefixes: Sequence[_Prefix]) -> list[_Part]:
    """All parts of the alternatives; none where together they are few scans already, or one of them finds no index."""
    fields = {field for prefix in prefixes for field in prefix}
    if any(fields.isdisjoint(_values(alternative)) for alternative in alternatives):
        return []  # MongoDB reads these rows by what is around, and looks at the alternatives afterwards
    parts = [part for alternative in alternatives for part in _divided(alternative, around, prefixes)]
    if sum(scans for _, scans in parts) <= MOST_SCANS or not all(0 < scans <= MOST_SCANS for _, scans in parts):
        return []
    # Each by itself: of alternatives in one branch MongoDB would choose the index of each without a look at the order.
    return [([part], scans) for part, scans in parts]


def _widest(values: Mapping[str, int], prefixes: Sequence[_Prefix]) -> tuple[str, int, int]:
    """The field with the most values of those that an index can be read by; the scans that each takes; those that all take."""
    usable = [prefix for prefix in prefixes if all(field in values for field in prefix)]
    if not usable:
        return "", 0, 0
    field = max({field for prefix in usable for field in prefix}, key=lambda field: (values[field], field))
    scans = {prod(values[other] for other in prefix if other != field) for prefix in usable if field in prefix}
    few = [each for each in scans if each * values[field] <= MOST_SCANS * _FEW_BRANCHES]
    each = max(few) if few else min(scans)
    return field, each, each * values[field]


def _values(within: Filter) -> dict[str, int]:
    """How many values a filter allows for each of the fields that it names values for."""
    found: dict[str, int] = {}
    for name, asked in within.items():
        if name == "$and":
            for clause in asked:
                found = _fewest(found, _values(clause))
        elif not name.startswith("$"):
            if not (isinstance(asked, dict) and any(key.startswith("$") for key in asked)):
                found[name] = 1
            elif "$in" in asked:
                found[name] = len(asked["$in"])
    return found


def _fewest(left: Mapping[str, int], right: Mapping[str, int]) -> dict[str, int]:
    return {**left, **{name: min(count, left.get(name, count)) for name, count in right.items()}}


def _chunks(values: list[Any], most: int) -> list[list[Any]]:
    """Of about the same length: a plan that MongoDB keeps from one fits the others."""
    count = ceil(len(values) / max(1, most))
    return [values[place::count] for place in range(count)]
