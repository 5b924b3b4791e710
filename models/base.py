"""What every stored document has: a string id, a revision, timestamps, and room for fields that this version does not know."""

import time
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from beanie import Document
from pydantic import ConfigDict, Field

from models.identity import new_id
from models.secret import ENCODERS
from models.secret_words import SecretWords, tokens_of


def now() -> datetime:
    """The current instant in UTC, cut to milliseconds: BSON keeps no more, and what is read equals what was written."""
    return datetime.fromtimestamp(time.time_ns() // 1_000_000 / 1000, UTC)


class StoredDocument(Document):
    """Base of all documents. Fields unknown to this version survive a read and a write.

    ``follows_from`` names, of each field that is worked out from others, those others: whoever reads it reads them, too.
    """

    model_config = ConfigDict(extra="allow")
    follows_from: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    id: str = Field(default_factory=new_id)  # type: ignore[assignment]  # Beanie's default is an ObjectId
    revision: int = 1
    created_at: datetime = Field(default_factory=now)
    updated_at: datetime = Field(default_factory=now)

    if not TYPE_CHECKING:
        # Beanie's base has one of its own in Python, for documents that are parsed lazily. Ours never are, and every look at
        # an attribute would pay for it.
        __getattribute__ = object.__getattribute__

    class Settings:
        # BSON has no calendar date; ISO 8601 text sorts like the dates it stands for.
        bson_encoders: ClassVar[dict[type, Any]] = {
            **ENCODERS,
            SecretWords: tokens_of,
            date: date.isoformat,
            datetime: lambda instant: instant,
        }

    @property
    def unknown_fields(self) -> dict[str, Any]:
        """Fields found in the database that this version has no name for."""
        return {name: value for name, value in (self.model_extra or {}).items() if name != "_class_id"}
