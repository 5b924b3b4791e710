"""What is to be written for one resource."""

from dataclasses import dataclass, field
from typing import Any

from pymongo import ReplaceOne, UpdateMany, UpdateOne

from models.base import StoredDocument
from models.source import Source, UnplacedContent
from ohms_graphql.fhir.keys import Key
from ohms_graphql.fhir.links import Links


@dataclass(frozen=True, slots=True)
class Options:
    """``source`` names where resources come from: ids are unique in it. ``time_zone`` is given to whoever states none."""

    source: str
    time_zone: str
    currency: str = "USD"


@dataclass(frozen=True, slots=True)
class Also:
    """An update that belongs to a document and is written with it or not at all.

    Those with the same ``once`` say the same: one of them is enough in a batch.
    """

    document: type[StoredDocument]
    operation: UpdateOne | UpdateMany | ReplaceOne[Any]
    once: str | None = None


@dataclass(slots=True)
class Plan:
    """``document`` is made with exactly the fields that its source decides: these are replaced when the source changes.

    ``first_only`` names those among them that are set at first and the clinic's own from then on.
    """

    document: StoredDocument
    also: list[Also] = field(default_factory=list)
    first_only: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Frame:
    """What a mapping needs besides the resource."""

    key: Key
    source: Source[UnplacedContent]
    links: Links
    options: Options

    @property
    def identity(self) -> dict[str, Any]:
        """Fields that every document gets."""
        return {"id": self.key.document_id(self.options.source), "source": self.source}
