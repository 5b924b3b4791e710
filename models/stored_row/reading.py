"""Stored rows into documents, whole or in part."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, TypeVar, cast

from models.base import StoredDocument
from models.stored_row.row import row_class, rows_of
from models.stored_row.validator import Read, Stored, parts_reader, whole_reader

D = TypeVar("D", bound=StoredDocument)
_KEPT = 256
"""Sets of fields whose validators are kept: callers write operations as they like."""


def read_row(document: type[D], stored: Stored, only: frozenset[str] | None) -> D:
    """A stored row as a document: a whole one, or with ``only`` some fields, one that raises NotRead for the others.

    The class is the kind that the row says it is of. Raises UnreadableRow, SecretFault.
    """
    (found,) = read_rows(document, (stored,), only)
    return found


def read_rows(document: type[D], stored: Iterable[Stored], only: frozenset[str] | None) -> list[D]:
    return _reader(document, only)(list(stored))  # type: ignore[arg-type]  # mypy takes the class for one that has no hash


def projection(document: type[StoredDocument], only: frozenset[str]) -> Mapping[str, int]:
    """For MongoDB: what is to be read of a collection's rows for these fields. Names of no field count nothing."""
    return _projection(document, only)  # type: ignore[arg-type]  # see read_rows


@lru_cache(_KEPT)
def _projection(document: type[StoredDocument], only: frozenset[str]) -> Mapping[str, int]:
    kinds = list(_kinds(document).values())
    aliases = {kind.model_fields[name].alias or name for kind in kinds for name in _closed(kind, only)}
    return dict.fromkeys(sorted(aliases | ({document.get_settings().class_id} if len(kinds) > 1 else set())), 1)


@lru_cache(_KEPT)
def _reader(document: type[StoredDocument], only: frozenset[str] | None) -> Read:
    if len(_kinds(document)) == 1:
        return _reader_of_kind(document, only)
    class_id, kinds = document.get_settings().class_id, _kinds(document)
    readers: dict[type, Read] = {}

    def read(stored: list[Stored]) -> list[Any]:
        places: dict[type[StoredDocument], list[int]] = {}
        for place, row in enumerate(stored):
            kind = kinds.get(row.get(class_id), document)  # as Beanie finds it
            places.setdefault(kind, []).append(place)
        made: list[Any] = [None] * len(stored)
        for kind, those in places.items():
            reader = readers.get(kind)
            if reader is None:
                reader = readers[kind] = _reader_of_kind(kind, only)
            for place, row in zip(those, reader([stored[place] for place in those]), strict=True):
                made[place] = row
        return made

    return read


def _reader_of_kind(kind: type[StoredDocument], only: frozenset[str] | None) -> Read:
    if only is None:
        return whole_reader(kind)
    read, made = parts_reader(kind, _closed(kind, only)), row_class(kind)  # type: ignore[arg-type]  # see read_rows

    def rows(stored: list[Stored]) -> list[Any]:
        return rows_of(made, read(stored))

    return rows


def _kinds(document: type[StoredDocument]) -> dict[str | None, type[StoredDocument]]:
    """By the class id that rows have: a collection's root class with its kinds; of any other class itself alone."""
    children = document._children if document._inheritance_inited else {}  # noqa: SLF001 -- Beanie has no other name for it
    return {document._class_id: document, **cast("dict[str | None, type[StoredDocument]]", children)}  # noqa: SLF001


def _closed(kind: type[StoredDocument], only: frozenset[str]) -> frozenset[str]:
    """The fields of a kind that are among those asked for, with those that they follow from, and the id."""
    names = frozenset({"id", *only.intersection(kind.model_fields)})
    return names.union(*(kind.follows_from.get(name, ()) for name in names))
