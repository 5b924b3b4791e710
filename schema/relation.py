"""Fields that lead to another document: said once, resolved for one object or for a whole list.

    patient = related(
        Annotated["Patient", strawberry.lazy("schema.patient.types")],
        by("patient_id", lambda loaders: loaders.patients, lambda found: Patient.from_document(existing(found))),
        description="Who comes.",
    )

It is an ordinary resolver that waits for its loader. What stands in the ``Relation`` lets the executor ask the loader once for
all rows of a list (``schema.columns``) instead of making a future, a coroutine and an info object for each of them.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, TypeVar

import strawberry

from resolvers.context import RequestContext
from resolvers.loaders import Loaders
from resolvers.loaders.base import Loader
from schema.info import Info
from schema.shown_document import READS

T = TypeVar("T")

RELATION = "relation"
"""Where the metadata of a field have its relation."""


@dataclass(frozen=True, slots=True)
class Relation:
    """``key`` gives what ``loader`` is asked for, None where an object has none; ``show`` makes the value of what was found.

    ``show`` is given None where there is no key, and what the loader gives for what is not there. It may raise.
    ``reads`` are the fields of the object's document that ``key`` needs.
    """

    loader: Callable[[RequestContext], Loader[Any, Any]]
    key: Callable[[Any], Any]
    show: Callable[[Any], Any]
    reads: tuple[str, ...] = ()

    async def of(self, source: Any, context: RequestContext) -> Any:
        key = self.key(source)
        return self.show(None if key is None else await self.loader(context).load(key))

    def ask(self, sources: Sequence[Any], context: RequestContext) -> "Asked":
        """For all ``sources`` at once. Asks now; ``values`` waits for the answer."""
        keys = [self.key(source) for source in sources]
        return Asked(self.show, keys, self.loader(context).load_all(key for key in keys if key is not None))


@dataclass(frozen=True, slots=True)
class Asked:
    show: Callable[[Any], Any]
    keys: Sequence[Any]
    answer: Awaitable[dict[Any, Any]]

    async def values(self) -> list[Any]:
        """In the order of the sources; the same object for the same key. Raises what the loader or ``show`` raises."""
        found = await self.answer
        shown = {key: self.show(None if key is None else found[key]) for key in dict.fromkeys(self.keys)}
        return [shown[key] for key in self.keys]


def by(field: str, loader: Callable[[Loaders], Loader[Any, Any]], show: Callable[[Any], Any]) -> Relation:
    """Keyed by a field of the node's document."""
    return Relation(lambda context: loader(context.loaders), attrgetter(f"document.{field}"), show, (field,))


def if_any(show: Callable[[Any], T]) -> Callable[[Any], T | None]:
    """Null for what is not there, or not the caller's to see."""
    return lambda found: None if found is None else show(found)


def related(type_: Any, relation: Relation, *, description: str, directives: Sequence[object] = ()) -> Any:
    """A field of a node."""

    async def resolve(root: Any, info: Info) -> Any:
        return await relation.of(root, info.context)

    return strawberry.field(
        resolver=resolve,
        graphql_type=type_,
        description=description,
        directives=directives,
        metadata={RELATION: relation, READS: relation.reads},
    )
