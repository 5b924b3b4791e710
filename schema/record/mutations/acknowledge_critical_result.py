"""acknowledgeCriticalResult."""

from typing import Annotated

import strawberry

from models.record import Observation as ObservationDocument
from models.role import Role
from resolvers.critical_results.acknowledging import Taken, acknowledge_critical_result
from resolvers.user_errors import Rejected
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.node import id_of
from schema.record.results import Observation


@strawberry.input(description="Which critical value was taken in hand, and how.")
class AcknowledgeCriticalResultInput:
    observation: strawberry.ID = strawberry.field(description="The critical value.")
    note: str = strawberry.field(description="What was done: who was called, what was ordered. At most 2000 characters.")
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="The observation after the change, or why not.")
class AcknowledgeCriticalResultPayload:
    observation: Observation | None = strawberry.field(default=None, description="The observation after the change.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class AcknowledgeCriticalResult:
    @strawberry.mutation(
        description="Takes a critical value off the list of who ordered it: by them, or by another provider who sees it.",
        directives=[auth(Role.PROVIDER)],
    )
    async def acknowledge_critical_result(
        self, info: Info, input: Annotated[AcknowledgeCriticalResultInput, strawberry.argument(description="The input.")]
    ) -> AcknowledgeCriticalResultPayload:
        observation_id = id_of("Observation", input.observation, ["input", "observation"]) or ""
        try:
            taken = Taken(observation_id=observation_id, note=input.note)
            acknowledged = await acknowledge_critical_result(info.context, taken, input.idempotency_key)
        except Rejected as rejection:
            return AcknowledgeCriticalResultPayload(errors=shown_errors(rejection))
        found = await info.context.loaders.records.load(acknowledged)
        shown = Observation.from_document(found) if isinstance(found, ObservationDocument) else None
        return AcknowledgeCriticalResultPayload(observation=shown, errors=[])
