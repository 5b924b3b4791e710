"""holdRelease."""

from datetime import datetime
from typing import Annotated

import strawberry

from models.record import ReleaseHoldReason
from models.role import Role
from resolvers.release.holding import HoldWish, hold_release
from resolvers.user_errors import Rejected
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.record.base import Record
from schema.record.types import loaded_record, record_id_of


@strawberry.input(description="What is kept from the patient, why, and how long.")
class HoldReleaseInput:
    record: strawberry.ID = strawberry.field(description="The entry; of an observation in a report, the report.")
    reason: ReleaseHoldReason = strawberry.field(
        description="Why. What the patient could read already is held for RISK_OF_HARM only."
    )
    until: datetime = strawberry.field(description="When it ends by itself: at most 90 days ahead.")
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="The entry with its hold, or why not.")
class HoldReleasePayload:
    record: Record | None = strawberry.field(default=None, description="The entry after the change.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class HoldRelease:
    @strawberry.mutation(
        description="Keeps an entry of the record from the patient for a time, the observations of a report with it. A hold that "
        "stands is changed by it.",
        directives=[auth(Role.PROVIDER)],
    )
    async def hold_release(
        self, info: Info, input: Annotated[HoldReleaseInput, strawberry.argument(description="The input.")]
    ) -> HoldReleasePayload:
        record_id = record_id_of(input.record, ["input", "record"])
        try:
            wish = HoldWish(record_id=record_id, reason=input.reason, until=input.until)
            held = await hold_release(info.context, wish, input.idempotency_key)
        except Rejected as rejection:
            return HoldReleasePayload(errors=shown_errors(rejection))
        return HoldReleasePayload(record=await loaded_record(info, held), errors=[])
