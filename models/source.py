"""What was imported, kept whole beside its typed reading."""

from datetime import datetime
from typing import Any, Generic, TypeVar

from pydantic import model_validator

from models.secret import SecretJson
from models.value_object import ValueObject

C = TypeVar("C", bound=SecretJson)


class Source(ValueObject, Generic[C]):
    """Where a document came from. ``digest`` (SHA-256 of the resource's canonical JSON) tells whether a later import differs.

    ``content`` is ``{"key": ..., "resource": ...}``: the resource as it came; its type and id, which may be a person's number.
    ``last_updated`` is the resource's own meta.lastUpdated.
    """

    system: str
    digest: str
    last_updated: datetime | None = None
    content: C

    @model_validator(mode="before")
    @classmethod
    def _of_another_place(cls, value: Any) -> Any:
        return dict(value) if isinstance(value, Source) and not isinstance(value, cls) else value

    @property
    def key(self) -> str:
        """Such as ``Patient/12``."""
        found: str = self.content.plain["key"]
        return found

    @property
    def resource(self) -> dict[str, Any]:
        """Decrypted each time it is asked for."""
        found: dict[str, Any] = self.content.plain["resource"]
        return found


class UnplacedContent(SecretJson):
    """Of a source that has not found its document yet."""

    place = "nowhere.source"


def new_source(
    system: str, key: str, digest: str, resource: dict[str, Any], last_updated: datetime | None = None
) -> Source[UnplacedContent]:
    """As an import makes it; the document that it is given to turns its content into its own."""
    content = UnplacedContent({"key": key, "resource": resource})
    return Source[UnplacedContent](system=system, digest=digest, last_updated=last_updated, content=content)
