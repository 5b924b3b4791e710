"""Document ids.

Ids are ULIDs as 26 characters: ordered by time of making, so that new documents land at the right end of the index, and plain
strings, so that the driver decodes them in C. Imported documents get an id derived from where they came from, so that a second
import meets the first one's documents.
"""

import uuid

from ulid import ULID

_IMPORTED = uuid.UUID("6f9d4a2e-5f0b-5c1d-9a53-0c1b8f7f3a10")


def new_id() -> str:
    """A fresh document id."""
    return str(ULID())


def imported_id(system: str, resource_type: str, key: str) -> str:
    """The id of the document that holds resource ``resource_type/key`` of the source ``system``; always the same."""
    return str(ULID.from_uuid(uuid.uuid5(_IMPORTED, f"{system}|{resource_type}|{key}")))
