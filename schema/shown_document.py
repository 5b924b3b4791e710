"""Nodes that show a document: their attributes are read from it when somebody asks for them, and only then.

    @shows(AppointmentDocument, id=id_as("Appointment"), series=derived(_series, "series_id"))
    @strawberry.type(description="A visit.")
    class Appointment(Node):
        status: AppointmentStatus = strawberry.field(description="Where it stands.")     # the document's own `status`
        ...

Each attribute of such a node stands for fields of its document: its namesake, or what is said here. So an operation's selection
tells what has to be read of each document at all (``schema.reading``). Methods say it with ``metadata={READS: (...)}``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import Any, Final, TypeVar

from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

from models.base import StoredDocument
from schema.node import global_id, global_ids

T = TypeVar("T")

READS: Final = "reads"
"""In the metadata of a field with a resolver: the fields of ``self.document`` that it needs. It reads nothing else of documents,
but what is selected of its result. Of a field without it nobody knows."""

ALSO_READS: Final = "also reads"
"""Beside ``READS``: by their class, the fields of other documents that it looks at itself."""


@dataclass(frozen=True, slots=True)
class Derived:
    """``make`` gives an attribute's value, of the document's fields ``stored``. Where that is one alone, ``of_values`` may give
    the attribute's values of its values, for many documents at once."""

    make: Callable[[Any], Any]
    stored: tuple[str, ...]
    of_values: Callable[[list[Any]], list[Any]] | None = None
    is_field: bool = False
    """Whether the value is that of the one field."""


def derived(make: Callable[[Any], Any], *stored: str) -> Derived:
    return Derived(make, stored)


def renamed(stored: str) -> Derived:
    """The document's field of another name."""
    return Derived(attrgetter(stored), (stored,), is_field=True)


def id_as(type_name: str) -> Derived:
    """The global id of a type."""
    return Derived(lambda document: global_id(type_name, document.id), ("id",), partial(global_ids, type_name))


@dataclass(frozen=True, slots=True)
class Shown:
    document: type[StoredDocument]
    attributes: Mapping[str, Derived]


SHOWN: dict[type, Shown] = {}
"""By the class of the node."""


def shows(document: type[StoredDocument], **differing: Derived) -> Callable[[type[T]], type[T]]:
    """For a node with an attribute ``document``: ``node_of`` makes it. Raises TypeError for an attribute the document lacks."""

    def decorate(node: type[T]) -> type[T]:
        definition: StrawberryObjectDefinition = node.__strawberry_definition__  # type: ignore[attr-defined]
        plain = [field.python_name for field in definition.fields if _is_attribute(field)]
        attributes = {name: differing.get(name) or renamed(name) for name in plain}
        for name, attribute in attributes.items():
            for stored in attribute.stored:
                if stored not in document.model_fields:
                    raise TypeError(f"{node.__name__}.{name}: {document.__name__} has no field {stored}")
            setattr(node, name, _Attribute(name, attribute.make))
        unknown = differing.keys() - attributes.keys()
        if unknown:
            raise TypeError(f"{node.__name__} has no attribute {', '.join(sorted(unknown))}")
        SHOWN[node] = Shown(document, attributes)
        return node

    return decorate


def _is_attribute(field: StrawberryField) -> bool:
    return field.is_basic_field and not field.name.startswith("_")


def node_of(node: type[T], document: StoredDocument) -> T:
    """The node that shows a document."""
    made = object.__new__(node)
    made.document = document  # type: ignore[attr-defined]
    return made


class _Attribute:
    """Reads an attribute once. What stands in the node itself wins, as it does with every descriptor that only gets."""

    __slots__ = ("_make", "_name")

    def __init__(self, name: str, make: Callable[[Any], Any]) -> None:
        self._name = name
        self._make = make

    def __get__(self, node: Any, _owner: type) -> Any:
        if node is None:
            return self
        value = node.__dict__[self._name] = self._make(node.document)
        return value


@dataclass(frozen=True, slots=True)
class StoredField:
    """A field of a document; an attribute's values are its own, or what ``of_values`` makes of them."""

    name: str
    of_values: Callable[[list[Any]], list[Any]] | None


def stored_field(node: type, attribute: str) -> StoredField | None:
    """Which field of the document alone an attribute of these nodes goes by; None for all others."""
    shown = SHOWN.get(node)
    made = None if shown is None else shown.attributes.get(attribute)
    if made is None or not (made.of_values or made.is_field):
        return None
    return StoredField(made.stored[0], made.of_values)


def reader(node: type, attribute: str) -> Callable[[Any], Any]:
    """How an attribute of nodes of this class is read: straight from the document, where it is the document's own."""
    shown = SHOWN.get(node)
    if shown is None or attribute not in shown.attributes:
        return attrgetter(attribute)
    stored = stored_field(node, attribute)
    if stored is not None and stored.of_values is None:
        return attrgetter(f"document.{stored.name}")
    make = shown.attributes[attribute].make
    return lambda node: make(node.document)
