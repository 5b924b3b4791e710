"""Documents can be made, and not stored: what tests find that ask for no database."""

from typing import Any, NoReturn
from unittest.mock import Mock

from beanie import init_beanie

import models


class NoDatabaseAsked(AssertionError):
    """A test went to a collection without asking for a database."""


class _NoCollection:
    def __init__(self, name: str) -> None:
        self.name = name

    def __getattr__(self, attribute: str) -> NoReturn:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        raise NoDatabaseAsked(f"{self.name}.{attribute}: this test has asked for no database.")


class _NoDatabase:
    """Answers what Beanie asks of any database when it binds documents without their indexes."""

    client = Mock(spec_set=["append_metadata"])

    async def command(self, _command: Any) -> dict[str, Any]:
        return {"version": "8.0.0"}

    async def list_collection_names(self, **_options: Any) -> list[str]:
        return []

    def __getitem__(self, name: str) -> _NoCollection:
        return _NoCollection(name)


async def bind_to_nothing() -> None:
    """Lets documents be made. Without it, that goes by whether a test of this process has bound them before."""
    database: Any = _NoDatabase()
    await init_beanie(database=database, document_models=list(models.DOCUMENTS), skip_indexes=True)
