"""Parts of documents."""

from pydantic import BaseModel, ConfigDict


class ValueObject(BaseModel):
    """A part of a document. Frozen: a change is a new value. Unknown fields are kept."""

    model_config = ConfigDict(frozen=True, extra="allow")
