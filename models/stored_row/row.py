"""What a row is that was read in part: a document of its class, with the fields that were asked for and nothing else."""

from abc import ABCMeta
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel

from models.base import StoredDocument

D = TypeVar("D", bound=StoredDocument)


class NotRead(RuntimeError):
    """Code looks at a field that the operation did not say it needs. Not an AttributeError: ``getattr`` must not hide it."""

    def __init__(self, document: str, field: str) -> None:
        super().__init__(f"{document}.{field} was not read: this row has only the fields that its operation needs")


class RowsAreReadOnly(RuntimeError):
    """A row that was read in part would be written in part."""

    def __init__(self, document: str, method: str) -> None:
        super().__init__(f"{document}.{method}: a row that was read for an answer cannot be written")


class _Unread:
    """Stands in the class in place of a field. What is in the row itself wins, for this only gets."""

    __slots__ = ("_document", "_name")

    def __init__(self, document: type[StoredDocument], name: str) -> None:
        self._document = document
        self._name = name

    def __get__(self, row: object, _owner: type | None = None) -> Any:
        if row is None:
            return getattr(self._document, self._name)  # Beanie's name of the field, for queries
        raise NotRead(self._document.__name__, self._name)


_WHOLE = ("model_copy", "model_dump", "model_dump_json", "copy", "dict", "json")
_WHOLE_PROTOCOL = ("__iter__", "__copy__", "__deepcopy__", "__reduce_ex__", "__getstate__", "__eq__")
_STATE = ("__pydantic_fields_set__", "__pydantic_extra__", "__pydantic_private__")
_WRITING = (
    "create",
    "current_date",
    "delete",
    "inc",
    "insert",
    "replace",
    "save",
    "save_changes",
    "set",
    "sync",
    "update",
    "upsert",
    "__setattr__",
    "__delattr__",
)


@cache
def row_class(document: type[D]) -> type[D]:
    """The class of a document's rows. Made without pydantic's machinery: whatever it works out is inherited from the document."""
    name = document.__name__
    namespace: dict[str, Any] = {
        "__slots__": (),
        "__module__": document.__module__,
        "__qualname__": document.__qualname__,
        "__doc__": document.__doc__,
        "__getattr__": _no_such_attribute,
        "__repr__": _told,
        "__str__": _told,
        "__hash__": None,
    }
    namespace |= {field: _Unread(document, field) for field in document.model_fields}
    namespace |= {method: _refusing(NotRead, name, method) for method in (*_WHOLE, *_WHOLE_PROTOCOL)}
    namespace |= {attribute: property(_refusing(NotRead, name, attribute)) for attribute in (*_STATE, "unknown_fields")}
    namespace |= {method: _refusing(RowsAreReadOnly, name, method) for method in _WRITING}
    made = ABCMeta.__new__(type(document), name, (document,), namespace)
    _DOCUMENTS[made] = document
    return made


_DOCUMENTS: dict[type, type[StoredDocument]] = {}


def stored_class(document: StoredDocument) -> type[StoredDocument]:
    """The class that it is stored as: its own, or for a row that was read in part the one that the row stands for."""
    kind = type(document)
    return _DOCUMENTS.get(kind, kind)


_new = object.__new__
_give_fields: Callable[[object, dict[str, Any]], None] = BaseModel.__dict__["__dict__"].__set__


def rows_of(kind: type[D], fields: Iterable[dict[str, Any]]) -> list[D]:
    """Rows of a row class. The dictionaries become their own."""
    rows = []
    for own in fields:
        row = _new(kind)
        _give_fields(row, own)
        rows.append(row)
    return rows


def _refusing(error: type[NotRead | RowsAreReadOnly], document: str, name: str) -> Callable[..., NoReturn]:
    def refuse(*_arguments: Any, **_named: Any) -> NoReturn:
        raise error(document, name)

    return refuse


def _no_such_attribute(row: object, name: str) -> NoReturn:
    raise AttributeError(f"{type(row).__name__!r} object has no attribute {name!r}")


def _told(row: StoredDocument) -> str:
    """Names of fields only: a row may be a patient's."""
    return f"<{type(row).__name__} {row.__dict__.get('id')}, read: {', '.join(row.__dict__)}>"
