"""What the mutations give that change an entry of the record."""

from collections.abc import Awaitable

import strawberry

from resolvers.user_errors import Conflict, Rejected
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.record.base import Record
from schema.record.types import loaded_record


@strawberry.type(description="The entry as it stands, or why it was not changed.")
class RecordChangePayload:
    record: Record | None = strawberry.field(
        default=None, description="The entry after the change; after a Conflict, the version that was not known."
    )
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


async def changed_record(info: Info, record_id: str, work: Awaitable[str]) -> RecordChangePayload:
    """Runs a use case that gives the id of the entry."""
    try:
        changed = await work
    except Rejected as rejection:
        unknown = any(isinstance(error, Conflict) and error.current_version is not None for error in rejection.errors)
        record = await loaded_record(info, record_id) if unknown else None
        return RecordChangePayload(record=record, errors=shown_errors(rejection))
    return RecordChangePayload(record=await loaded_record(info, changed), errors=[])
