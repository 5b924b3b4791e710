"""What can be set about serving: how many processes do it, and which operations they run."""

from pathlib import Path

from pydantic import BaseModel, Field


class ServingSettings(BaseModel):
    """The part of Settings that `ohms serve` is about."""

    workers: int = Field(1, ge=1, le=64, description="Processes that serve, on the same port; about one for each core.")
    trusted_documents: Path | None = Field(
        None,
        description="JSON file of the operations that may be run, by their SHA-256; nothing else is then accepted. "
        "Absent: whatever the schema and the limits allow.",
    )
    inline_execution: bool = Field(
        True,
        description="Plain fields are executed whole lists at a time; false leaves every field to graphql-core.",
    )
